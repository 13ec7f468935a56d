namespace Floe.Tests.SeedWorker;

/// <summary>A clock that jumps to the end of every wait, and by a step at every look.</summary>
internal sealed class StepTime(DateTimeOffset start, TimeSpan perLook = default) : TimeProvider
{
    private readonly Lock _turn = new();
    private DateTimeOffset _now = start;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Advance(perLook);

    public override long GetTimestamp() => Advance(perLook).UtcTicks;

    public DateTimeOffset Advance(TimeSpan by)
    {
        lock (_turn)
            return _now += by;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero)
            Advance(dueTime);
        return System.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
