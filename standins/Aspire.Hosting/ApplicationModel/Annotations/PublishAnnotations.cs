namespace Aspire.Hosting.ApplicationModel;

/// <summary>How often a resource runs.</summary>
public class ReplicaAnnotation(int replicas = 1) : IResourceAnnotation
{
    public int Replicas { get; } = replicas;
}

/// <summary>Publishing leaves the resource out.</summary>
public sealed class ManifestPublishingCallbackAnnotation(Action<Publishing.ManifestPublishingContext>? callback) : IResourceAnnotation
{
    /// <summary>No callback: the resource is not published.</summary>
    public static ManifestPublishingCallbackAnnotation Ignore { get; } = new(null);

    public Action<Publishing.ManifestPublishingContext>? Callback { get; } = callback;
}

/// <summary>Where and as what a compute environment deploys the resource.</summary>
public sealed class DeploymentTargetAnnotation(IResource target) : IResourceAnnotation
{
    public IResource DeploymentTarget { get; } = target;

    public IComputeEnvironmentResource? ComputeEnvironment { get; set; }
}

/// <summary>The compute environment that was chosen for the resource.</summary>
public sealed class ComputeEnvironmentAnnotation(IComputeEnvironmentResource computeEnvironment) : IResourceAnnotation
{
    public IComputeEnvironmentResource ComputeEnvironment { get; } = computeEnvironment;
}

/// <summary>The project does not trust forwarded headers when published.</summary>
internal sealed class DisableForwardedHeadersAnnotation : IResourceAnnotation;

/// <summary>Which endpoints a project gets as ASPNETCORE_URLS.</summary>
public sealed class EndpointEnvironmentInjectionFilterAnnotation(Func<EndpointAnnotation, bool> filter) : IResourceAnnotation
{
    public Func<EndpointAnnotation, bool> Filter { get; } = filter;
}
