using System.Collections.Concurrent;

namespace Floe.Tests.Emulators;

/// <summary>A clock that stands still, and whose timers fire when the test says so.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly ConcurrentDictionary<Timer, TimerCallback> _timers = new();
    private long _now;

    /// <summary>The periods of the timers that were asked for.</summary>
    public ConcurrentQueue<TimeSpan> Periods { get; } = new();

    /// <summary>How many timers wait.</summary>
    public int Waiting => _timers.Count;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <summary>Moves the clock; every timer that waits fires.</summary>
    public void Advance(TimeSpan span)
    {
        Interlocked.Add(ref _now, span.Ticks);
        Fire();
    }

    public void Fire()
    {
        foreach (var (timer, callback) in _timers)
            callback(timer.State);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, state);
        _timers[timer] = callback;
        // Last: who sees it may fire the timer.
        Periods.Enqueue(period);
        return timer;
    }

    private sealed class Timer(ManualTime owner, object? state) : ITimer
    {
        public object? State => state;

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => owner._timers.TryRemove(this, out _);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
