namespace Floe.AppHost.Deployment;

/// <summary>State of a deployment: pending becomes deployed or failed; deployed becomes superseded by the next; failed becomes pending on a retry.</summary>
public enum DeploymentStatus
{
    Pending,
    Deployed,
    Failed,
    Superseded,
}

/// <summary>What the probes say about a component.</summary>
public enum ComponentHealth
{
    Healthy,
    Degraded,
    Unhealthy,
    Unknown,
}

/// <summary>One release of a chart in a cluster (data model 9B, "PlatformDeployment").</summary>
public sealed record PlatformDeployment
{
    public required string ReleaseName { get; init; }

    public required string Namespace { get; init; }

    public required string ChartVersion { get; init; }

    /// <summary>Version of the CompiledArtifacts that the values were made from.</summary>
    public required string ArtifactVersion { get; init; }

    public required string Environment { get; init; }

    public required DeploymentStatus Status { get; init; }

    public IReadOnlyList<DeployedComponent> Components { get; init; } = [];

    /// <summary>When it was begun, UTC.</summary>
    public required DateTimeOffset DeployedAt { get; init; }

    public string? DeployedBy { get; init; }

    /// <summary>Helm's number of the release's revision; null before Helm has made it. Of a deployment that was gone back to: that of its first time.</summary>
    public int? Revision { get; init; }

    /// <summary>A rollback went back to a deployment before it; the next rollback does not return to it.</summary>
    public bool GivenUp { get; init; }

    /// <summary>Why it failed, with the remedy.</summary>
    public string? Reason { get; init; }
}

/// <summary>A workload of a deployment (data model 9B, "DeployedComponent").</summary>
/// <param name="Name">Name of the object.</param>
/// <param name="Type">Deployment, StatefulSet, DaemonSet, Job or CronJob.</param>
/// <param name="Replicas">Pods that are wanted and there; of a Job: completions.</param>
/// <param name="Health">From these.</param>
public sealed record DeployedComponent(string Name, string Type, ComponentReplicas Replicas, ComponentHealth Health)
{
    /// <inheritdoc />
    public override string ToString() => $"{Name} {Replicas.Ready}/{Replicas.Desired}";
}

/// <summary>Numbers of pods.</summary>
public sealed record ComponentReplicas(int Desired, int Ready, int Available);
