using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli.Contracts;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Cli;

/// <summary>Waits until a resource is <c>healthy</c>, <c>up</c> or <c>down</c>, as <c>aspire wait</c> asks.</summary>
internal sealed class ResourceWait(ResourceFeed feed, TimeProvider clock)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(2);

    public async Task<WaitResponse> WaitAsync(WaitRequest request, CancellationToken cancellationToken)
    {
        var status = request.Status is { Length: > 0 } given ? given.ToLowerInvariant() : "healthy";
        if (status is not ("healthy" or "up" or "down"))
        {
            return Failed($"The status '{request.Status}' is unknown; wait for healthy, up or down.");
        }

        using var timeout = new CancellationTokenSource(request.TimeoutSeconds is > 0 and var seconds ? TimeSpan.FromSeconds(seconds) : DefaultTimeout, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        Dictionary<string, ResourceEvent> instances = new(StringComparer.Ordinal);
        try
        {
            await foreach (var batch in feed.WatchAsync(stop.Token).ConfigureAwait(false))
            {
                foreach (var change in batch.Where(e => ConsoleLogReader.Named(e, request.ResourceName)))
                {
                    instances[change.ResourceId] = change;
                }

                if (instances.Count == 0)
                {
                    return Failed($"Resource '{request.ResourceName}' not found.") with { ResourceNotFound = true };
                }

                if (Outcome(status, instances.Values) is { } outcome)
                {
                    return outcome;
                }
            }
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return Answer(instances.Values.First(), success: false) with { TimedOut = true };
        }

        return Failed("The AppHost is stopping.");
    }

    private static WaitResponse? Outcome(string status, IReadOnlyCollection<ResourceEvent> instances)
    {
        bool Reached(ResourceEvent e) => status switch
        {
            "down" => Ended(e),
            "up" => e.Snapshot.State?.Text == KnownResourceStates.Running,
            _ => e.Snapshot.HealthStatus == HealthStatus.Healthy,
        };
        if (instances.All(Reached))
        {
            return Answer(instances.First(), success: true);
        }

        return status != "down" && instances.FirstOrDefault(Ended) is { } ended
            ? Answer(ended, success: false) with { ErrorMessage = $"Resource '{ended.Resource.Name}' is {ended.Snapshot.State?.Text}." }
            : null;
    }

    private static bool Ended(ResourceEvent e) => e.Snapshot.State is { } state && KnownResourceStates.TerminalStates.Contains(state.Text);

    private static WaitResponse Answer(ResourceEvent e, bool success) =>
        new(success, e.Snapshot.State?.Text, e.Snapshot.HealthStatus?.ToString(), ResourceNotFound: false, TimedOut: false, ErrorMessage: null);

    private static WaitResponse Failed(string message) => new(false, null, null, ResourceNotFound: false, TimedOut: false, message);
}
