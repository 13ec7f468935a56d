using System.Collections.Concurrent;

namespace Floe.Tests.Postgres;

/// <summary>A clock whose timers fire when the test says so.</summary>
internal sealed class ManualTimer : TimeProvider
{
    private readonly ConcurrentQueue<Action> _timers = new();

    /// <summary>The periods that were asked for.</summary>
    public ConcurrentQueue<TimeSpan> Periods { get; } = new();

    public void Fire()
    {
        foreach (var timer in _timers)
            timer();
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Periods.Enqueue(period);
        _timers.Enqueue(() => callback(state));
        return new Registration();
    }

    private sealed class Registration : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
