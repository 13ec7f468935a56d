using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console log of every resource: what its process writes and what the AppHost has to say about it.</summary>
public class ResourceLoggerService : IDisposable
{
    private static readonly TimeSpan LastLinesPatience = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<string, ConsoleLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _disposing = new();

    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Called for every line, in the order of one instance.</summary>
    internal event Action<string, LogLine>? LineWritten;

    /// <summary>Writes to the log of every instance of the resource.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ConsoleLogger(this, [.. resource.GetInstanceNames()]);
    }

    /// <summary>Writes to the log of one instance.</summary>
    public ILogger GetLogger(string resourceName) => new ConsoleLogger(this, [resourceName]);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource) => Merge([.. resource.GetInstanceNames()], follow: true);

    /// <summary>All lines so far, then the new ones until the log is completed.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName) => Merge([resourceName], follow: true);

    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(IResource resource) => Merge([.. resource.GetInstanceNames()], follow: false);

    /// <summary>All lines so far; of an instance that has ended, all that it wrote.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName) => Merge([resourceName], follow: false);

    public void Complete(IResource resource)
    {
        foreach (var name in resource.GetInstanceNames()) Complete(name);
    }

    /// <summary>Ends the watches: no further lines will come.</summary>
    public void Complete(string name)
    {
        if (_logs.TryGetValue(name, out var log)) log.Complete();
    }

    /// <summary>The instance has ended; <paramref name="lastLines"/> ends when its last line is here.</summary>
    internal void EndsWith(string name, Task lastLines) => Log(name).LastLines = lastLines;

    public void ClearBacklog(string resourceName)
    {
        if (_logs.TryGetValue(resourceName, out var log)) log.Clear();
    }

    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    internal void Write(string resourceName, string content, bool isError)
    {
        var line = Log(resourceName).Append(content, isError);
        LineWritten?.Invoke(resourceName, line);
    }

    private ConsoleLog Log(string name) => _logs.GetOrAdd(name, static _ => new ConsoleLog());

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> Merge(IReadOnlyList<string> names, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var logs = names.Select(Log).ToList();
        if (!follow)
        {
            foreach (var log in logs)
            {
                await WaitForLastLinesAsync(log, cancellationToken).ConfigureAwait(false);
                if (log.Backlog() is { Count: > 0 } lines) yield return lines;
            }

            yield break;
        }

        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        var channel = Channel.CreateUnbounded<LogLine>(new UnboundedChannelOptions { SingleReader = true });
        var subscriptions = logs.ConvertAll(log => log.Subscribe(channel.Writer));
        var open = subscriptions.Count;
        foreach (var subscription in subscriptions)
        {
            _ = subscription.Completed.ContinueWith(_ =>
            {
                if (Interlocked.Decrement(ref open) == 0) channel.Writer.TryComplete();
            }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        try
        {
            while (await WaitToReadAsync(channel.Reader, linked.Token).ConfigureAwait(false))
            {
                var batch = new List<LogLine>();
                while (batch.Count < 1000 && channel.Reader.TryRead(out var line)) batch.Add(line);
                if (batch.Count > 0) yield return batch;
            }
        }
        finally
        {
            foreach (var subscription in subscriptions) subscription.Dispose();
        }
    }

    private async Task WaitForLastLinesAsync(ConsoleLog log, CancellationToken cancellationToken)
    {
        try
        {
            await log.LastLines.WaitAsync(LastLinesPatience, TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // DCP does not end the log: the lines so far are better than none.
        }
    }

    // The end of a watch is an ordinary thing, not an error of the watcher.
    private static async ValueTask<bool> WaitToReadAsync(ChannelReader<LogLine> reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private sealed class ConsoleLogger(ResourceLoggerService service, IReadOnlyList<string> names) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => NullLogger.Instance.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel is not (LogLevel.None or LogLevel.Trace or LogLevel.Debug);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel)) return;
            var text = formatter(state, exception);
            if (exception is not null) text = $"{text}{Environment.NewLine}{exception}";
            var now = ConsoleTimestamp.Format(service.TimeProvider.GetUtcNow());
            foreach (var line in text.Split('\n'))
            {
                foreach (var name in names) service.Write(name, $"{now} {line.TrimEnd('\r')}", logLevel >= LogLevel.Error);
            }
        }
    }
}
