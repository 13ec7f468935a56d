using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli.Contracts;
using Aspire.Hosting.Dashboard;

namespace Aspire.Hosting.Cli;

/// <summary>The console lines of one resource or of all, as <c>aspire logs</c> asks for them.</summary>
internal sealed class ConsoleLogReader(ResourceFeed feed, ResourceLoggerService logs)
{
    private const int LargestBatch = 500;

    /// <summary>Line by line.</summary>
    public async IAsyncEnumerable<ConsoleLogLine> ReadAsync(ConsoleLogsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in ReadBatchesAsync(request, cancellationToken).ConfigureAwait(false))
        {
            foreach (var line in batch.Lines)
            {
                yield return line;
            }
        }
    }

    /// <summary>First the lines so far in the order of time, then what follows as it comes.</summary>
    public async IAsyncEnumerable<ConsoleLogBatch> ReadBatchesAsync(ConsoleLogsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var instances = Instances(request);
        List<ConsoleLogLine> backlog = [];
        foreach (var instance in instances)
        {
            await foreach (var batch in logs.GetAllAsync(instance).WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                backlog.AddRange(batch.Select(line => Line(instance, line)));
            }
        }

        var last = backlog.GroupBy(line => line.ResourceName).ToDictionary(lines => lines.Key, lines => lines.Max(line => line.LineNumber));
        foreach (var lines in Newest(backlog.Where(line => Wanted(line, request)), request.Tail).Chunk(LargestBatch))
        {
            yield return new ConsoleLogBatch(lines);
        }

        if (!request.Follow || instances.Count == 0)
        {
            yield break;
        }

        await foreach (var lines in FollowAsync(instances, cancellationToken).ConfigureAwait(false))
        {
            ConsoleLogLine[] wanted = [.. lines.Where(line => line.LineNumber > last.GetValueOrDefault(line.ResourceName) && Wanted(line, request))];
            if (wanted.Length > 0)
            {
                yield return new ConsoleLogBatch(wanted);
            }
        }
    }

    private List<string> Instances(ConsoleLogsRequest request) =>
    [
        .. feed.Current
            .Where(e => request.ResourceName is { Length: > 0 } name ? Named(e, name) : !e.Snapshot.IsHidden || request.IncludeHidden == true)
            .Select(e => e.ResourceId),
    ];

    private async IAsyncEnumerable<IReadOnlyList<ConsoleLogLine>> FollowAsync(List<string> instances, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var lines = Channel.CreateUnbounded<IReadOnlyList<ConsoleLogLine>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var pumps = Task.WhenAll(instances.Select(instance => PumpAsync(instance, lines.Writer, stop.Token)));
        _ = pumps.ContinueWith(ended => lines.Writer.TryComplete(ended.Exception?.InnerException), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        try
        {
            await foreach (var batch in lines.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return batch;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task PumpAsync(string instance, ChannelWriter<IReadOnlyList<ConsoleLogLine>> lines, CancellationToken stop)
    {
        await foreach (var batch in logs.WatchAsync(instance).WithCancellation(stop).ConfigureAwait(false))
        {
            lines.TryWrite([.. batch.Select(line => Line(instance, line))]);
        }
    }

    /// <summary>The last lines in the order of time: every line begins with a timestamp that sorts as text.</summary>
    private static IEnumerable<ConsoleLogLine> Newest(IEnumerable<ConsoleLogLine> lines, int? tail)
    {
        var ordered = lines.OrderBy(line => line.Content.Split(' ', 2)[0], StringComparer.Ordinal);
        return tail is { } count ? ordered.TakeLast(count) : ordered;
    }

    private static bool Wanted(ConsoleLogLine line, ConsoleLogsRequest request) =>
        request.Search is not { Length: > 0 } text || line.Content.Contains(text, StringComparison.OrdinalIgnoreCase);

    private static ConsoleLogLine Line(string instance, LogLine line) => new(instance, line.LineNumber, line.Content, line.IsErrorMessage);

    /// <summary>A resource is asked for by its own name (all instances) or by that of one instance.</summary>
    internal static bool Named(ResourceEvent source, string name) =>
        string.Equals(source.ResourceId, name, StringComparison.OrdinalIgnoreCase) || string.Equals(source.Resource.Name, name, StringComparison.OrdinalIgnoreCase);
}
