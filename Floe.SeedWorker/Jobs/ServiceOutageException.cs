namespace Floe.SeedWorker.Jobs;

/// <summary>A service that runs need does not serve this worker.</summary>
public sealed class ServiceOutageException(string service, string problem) : Exception(problem)
{
    /// <summary>The service.</summary>
    public string Service { get; } = service;
}
