using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Keeps the newest snapshot of every resource instance, tells watchers, and lets others wait for a state.</summary>
public partial class ResourceNotificationService : IDisposable
{
    private readonly ConcurrentDictionary<string, InstanceState> _states = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _disposing = new();
    private readonly Lock _watchersLock = new();
    private readonly ILogger<ResourceNotificationService> _logger;
    private readonly IServiceProvider _services;
    private readonly ResourceLoggerService _loggers;
    private readonly IOptions<ResourceNotificationServiceOptions> _options;
    private ImmutableList<Channel<ResourceEvent>> _watchers = [];

    public ResourceNotificationService(ILogger<ResourceNotificationService> logger, IServiceProvider serviceProvider, ResourceLoggerService resourceLoggerService, IOptions<ResourceNotificationServiceOptions>? options = null)
    {
        (_logger, _services, _loggers) = (logger, serviceProvider, resourceLoggerService);
        _options = options ?? Options.Create(new ResourceNotificationServiceOptions());
    }

    /// <summary>What waits do unless they say it themselves.</summary>
    public WaitBehavior DefaultWaitBehavior => _options.Value.DefaultWaitBehavior;

    /// <summary>Updates every instance of the resource.</summary>
    public async Task PublishUpdateAsync(IResource resource, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        foreach (var id in resource.GetInstanceNames()) await PublishUpdateAsync(resource, id, stateFactory).ConfigureAwait(false);
    }

    /// <summary>Updates one instance.</summary>
    public Task PublishUpdateAsync(IResource resource, string resourceId, Func<CustomResourceSnapshot, CustomResourceSnapshot> stateFactory)
    {
        ArgumentNullException.ThrowIfNull(resource);
        ArgumentNullException.ThrowIfNull(stateFactory);
        var state = _states.GetOrAdd(resourceId, static (id, resource) => new InstanceState(resource, id), resource);
        lock (state.Lock)
        {
            var previous = state.Last?.Snapshot ?? SnapshotFactory.Initial(resource);
            var changed = stateFactory(previous);
            if (state.Last is not null && ReferenceEquals(changed, previous)) return Task.CompletedTask;
            var snapshot = SnapshotFactory.Complete(resource, changed, previous, _services);
            state.Last = new ResourceEvent(resource, resourceId, snapshot);
            // Inside the instance's lock, so that every watcher sees the versions in order.
            foreach (var watcher in Volatile.Read(ref _watchers)) watcher.Writer.TryWrite(state.Last);
            if (previous.State?.Text != snapshot.State?.Text && _logger.IsEnabled(LogLevel.Debug))
            {
                _logger.LogDebug("Resource {Resource}/{ResourceId} changed state: {PreviousState} -> {NewState}", resource.Name, resourceId, previous.State?.Text, snapshot.State?.Text);
            }
        }

        return Task.CompletedTask;
    }

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        resourceEvent = _states.TryGetValue(resourceId, out var state) ? state.Last : null;
        return resourceEvent is not null;
    }

    internal IResource? FindByName(string resourceName) =>
        _states.Values.FirstOrDefault(s => string.Equals(s.Resource.Name, resourceName, StringComparison.OrdinalIgnoreCase))?.Resource;

    /// <summary>The newest snapshot of every instance, then every change until cancelled.</summary>
    public async IAsyncEnumerable<ResourceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        var channel = Channel.CreateUnbounded<ResourceEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (_watchersLock) _watchers = _watchers.Add(channel);
        try
        {
            var seen = new Dictionary<string, long>(StringComparer.OrdinalIgnoreCase);
            foreach (var state in _states.Values)
            {
                if (state.Last is not { } last) continue;
                seen[last.ResourceId] = last.Snapshot.Version;
                yield return last;
            }

            while (await MoreAsync(channel.Reader, linked.Token, cancellationToken).ConfigureAwait(false))
            {
                if (!channel.Reader.TryRead(out var item)) continue;
                if (seen.TryGetValue(item.ResourceId, out var version) && item.Snapshot.Version <= version) continue;
                seen[item.ResourceId] = item.Snapshot.Version;
                yield return item;
            }
        }
        finally
        {
            lock (_watchersLock) _watchers = _watchers.Remove(channel);
        }
    }

    // The end of the application ends a watch; only its own cancellation is an exception to the watcher.
    private static async ValueTask<bool> MoreAsync(ChannelReader<ResourceEvent> reader, CancellationToken linked, CancellationToken own)
    {
        try
        {
            return await reader.WaitToReadAsync(linked).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!own.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    private sealed class InstanceState(IResource resource, string resourceId)
    {
        private volatile ResourceEvent? _last;

        public IResource Resource { get; } = resource;

        public string ResourceId { get; } = resourceId;

        public Lock Lock { get; } = new();

        public ResourceEvent? Last { get => _last; set => _last = value; }
    }
}
