using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Dashboard;

/// <summary>The newest event of every resource instance, and its changes for any number of watchers (dashboard tabs, CLI commands).</summary>
internal sealed class ResourceFeed(ResourceNotificationService notifications) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ResourceEvent> _newest = new(StringComparer.Ordinal);
    private readonly List<Channel<ResourceEvent>> _watchers = [];
    private bool _ended;

    /// <summary>The newest event of every instance, by name.</summary>
    public IReadOnlyList<ResourceEvent> Current
    {
        get
        {
            lock (_gate)
            {
                return [.. _newest.Values.OrderBy(e => e.ResourceId, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The newest event of the instance with this id; null when there is none.</summary>
    public ResourceEvent? Find(string resourceId)
    {
        lock (_gate)
        {
            return _newest.GetValueOrDefault(resourceId);
        }
    }

    /// <summary>First all instances in one batch (maybe an empty one), then what has changed since, newest event per instance.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ResourceEvent>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var channel = Channel.CreateUnbounded<ResourceEvent>();
        IReadOnlyList<ResourceEvent> initial;
        lock (_gate)
        {
            initial = [.. _newest.Values];
            _watchers.Add(channel);
            if (_ended)
            {
                channel.Writer.TryComplete();
            }
        }

        try
        {
            yield return initial;
            while (await channel.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                Dictionary<string, ResourceEvent> batch = new(StringComparer.Ordinal);
                while (channel.Reader.TryRead(out var next))
                {
                    batch[next.ResourceId] = next;
                }

                yield return [.. batch.Values];
            }
        }
        finally
        {
            lock (_gate)
            {
                _watchers.Remove(channel);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var next in notifications.WatchAsync(stoppingToken).ConfigureAwait(false))
            {
                lock (_gate)
                {
                    _newest[next.ResourceId] = next;
                    foreach (var watcher in _watchers)
                    {
                        watcher.Writer.TryWrite(next);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the AppHost stops
        }
        finally
        {
            lock (_gate)
            {
                _ended = true;
                _watchers.ForEach(watcher => watcher.Writer.TryComplete());
            }
        }
    }
}
