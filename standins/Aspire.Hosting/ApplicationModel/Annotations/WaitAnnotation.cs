namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a waiting resource does when its dependency is gone.</summary>
public enum WaitBehavior
{
    /// <summary>Wait on: somebody may start the dependency again.</summary>
    WaitOnResourceUnavailable = 0,

    /// <summary>Give up: the waiting resource fails to start.</summary>
    StopOnResourceUnavailable = 1,
}

/// <summary>For what a waiting resource waits.</summary>
public enum WaitType
{
    WaitUntilHealthy = 0,
    WaitForCompletion = 1,
    WaitUntilStarted = 2,
}

/// <summary>A dependency that has to be ready before the resource starts.</summary>
public class WaitAnnotation(IResource resource, WaitType waitType, int exitCode = 0) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public WaitType WaitType { get; } = waitType;

    public int ExitCode { get; } = exitCode;

    /// <summary>Null: the application's default.</summary>
    public WaitBehavior? WaitBehavior { get; init; }
}
