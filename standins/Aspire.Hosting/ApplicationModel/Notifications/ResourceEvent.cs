namespace Aspire.Hosting.ApplicationModel;

/// <summary>A new snapshot of one resource instance.</summary>
public class ResourceEvent(IResource resource, string resourceId, CustomResourceSnapshot snapshot)
{
    public IResource Resource { get; } = resource;

    /// <summary>The instance: the resource's name, or that with a suffix for what DCP runs.</summary>
    public string ResourceId { get; } = resourceId;

    public CustomResourceSnapshot Snapshot { get; } = snapshot;
}

/// <summary>Settings of <see cref="ResourceNotificationService"/>.</summary>
public sealed class ResourceNotificationServiceOptions
{
    /// <summary>For waits that do not say it themselves.</summary>
    public WaitBehavior DefaultWaitBehavior { get; set; }
}
