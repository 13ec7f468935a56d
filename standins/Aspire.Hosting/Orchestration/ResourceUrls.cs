using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.ProjectModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The links of a resource: one per endpoint, what the AppHost added, and what its callbacks made of them.</summary>
internal sealed class ResourceUrls(DistributedApplicationExecutionContext executionContext, ResourceNotificationService notifications, ResourceLoggerService loggers)
{
    public async Task PublishAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = await CollectAsync(resource, cancellationToken).ConfigureAwait(false);
        if (urls.Count == 0) return;
        await notifications.PublishUpdateAsync(resource, s => s with { Urls = Activate([.. urls.Select(Snapshot)], resource, s.State?.Text) }).ConfigureAwait(false);
    }

    /// <summary>Links of a process that does not run lead nowhere.</summary>
    public static ImmutableArray<UrlSnapshot> Activate(ImmutableArray<UrlSnapshot> urls, IResource resource, string? state)
    {
        var inactive = resource.RunsUnderDcp() && state != KnownResourceStates.Running;
        return [.. urls.Select(u => u.IsInactive == inactive ? u : u with { IsInactive = inactive })];
    }

    private async Task<List<ResourceUrlAnnotation>> CollectAsync(IResource resource, CancellationToken cancellationToken)
    {
        var urls = new List<ResourceUrlAnnotation>();
        if (resource is IResourceWithEndpoints owner)
        {
            foreach (var endpoint in owner.GetEndpoints().Where(e => e.IsAllocated))
            {
                urls.Add(new ResourceUrlAnnotation { Url = endpoint.Url + LaunchPath(resource, endpoint), Endpoint = endpoint });
            }
        }

        if (resource.TryGetUrls(out var added)) urls.AddRange(added);
        var context = new ResourceUrlsCallbackContext(executionContext, resource, urls, cancellationToken) { Logger = loggers.GetLogger(resource) };
        foreach (var callback in resource.Annotations.OfType<ResourceUrlsCallbackAnnotation>()) await callback.Callback(context).ConfigureAwait(false);
        foreach (var url in urls.Where(u => !u.Url.Contains("://", StringComparison.Ordinal) && u.Endpoint is { IsAllocated: true }))
        {
            url.Url = $"{url.Endpoint!.Url.TrimEnd('/')}/{url.Url.TrimStart('/')}";
        }

        return urls;
    }

    private static string LaunchPath(IResource resource, EndpointReference endpoint)
    {
        var launchUrl = endpoint.Scheme is "http" or "https" ? resource.Annotations.OfType<LaunchProfileAnnotation>().LastOrDefault()?.Profile.LaunchUrl : null;
        return string.IsNullOrEmpty(launchUrl) || launchUrl.Contains("://", StringComparison.Ordinal) ? "" : $"/{launchUrl.TrimStart('/')}";
    }

    private static UrlSnapshot Snapshot(ResourceUrlAnnotation url) => new(url.Endpoint?.EndpointName, url.Url, url.IsInternal)
    {
        DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? "", url.DisplayOrder ?? 0),
    };
}
