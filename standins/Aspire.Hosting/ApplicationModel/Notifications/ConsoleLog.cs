using System.Collections.Immutable;
using System.Globalization;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The newest lines of one instance, and who follows them.</summary>
internal sealed class ConsoleLog
{
    private const int MaxLines = 10_000;
    private readonly Lock _lock = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly TaskCompletionSource _completed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableList<ChannelWriter<LogLine>> _followers = [];
    private int _count;
    private volatile Task _lastLines = Task.CompletedTask;

    /// <summary>Completed, unless what wrote this log has ended and its last lines are still being read.</summary>
    public Task LastLines
    {
        get => _lastLines;
        set => _lastLines = value;
    }

    public LogLine Append(string content, bool isError)
    {
        lock (_lock)
        {
            var line = new LogLine(++_count, content, isError);
            _lines.Enqueue(line);
            if (_lines.Count > MaxLines) _lines.Dequeue();
            foreach (var follower in _followers) follower.TryWrite(line);
            return line;
        }
    }

    public IReadOnlyList<LogLine> Backlog()
    {
        lock (_lock) return [.. _lines];
    }

    public void Clear()
    {
        lock (_lock)
        {
            _lines.Clear();
            _count = 0;
        }
    }

    public void Complete() => _completed.TrySetResult();

    public Subscription Subscribe(ChannelWriter<LogLine> writer)
    {
        lock (_lock)
        {
            foreach (var line in _lines) writer.TryWrite(line);
            _followers = _followers.Add(writer);
            return new Subscription(this, writer);
        }
    }

    internal sealed class Subscription(ConsoleLog log, ChannelWriter<LogLine> writer) : IDisposable
    {
        public Task Completed => log._completed.Task;

        public void Dispose()
        {
            lock (log._lock) log._followers = log._followers.Remove(writer);
        }
    }
}

/// <summary>The timestamp in front of console lines, as DCP writes it and the dashboard strips it.</summary>
internal static class ConsoleTimestamp
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", CultureInfo.InvariantCulture);
}
