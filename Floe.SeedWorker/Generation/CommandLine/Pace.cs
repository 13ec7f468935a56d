namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>Keeps a number of steps per time: each has its moment, counted from the start, so that one that was late does not delay those after it.</summary>
internal sealed class Pace(TimeProvider time, TimeSpan step)
{
    private readonly long _start = time.GetTimestamp();

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Waits for the moment of a step, the first being 0; does not wait when it is over.</summary>
    public Task WaitForAsync(int number, CancellationToken ct) =>
        number * step - Elapsed is { Ticks: > 0 } left ? Task.Delay(left, time, ct) : Task.CompletedTask;
}
