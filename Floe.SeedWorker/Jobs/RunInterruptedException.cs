namespace Floe.SeedWorker.Jobs;

/// <summary>A service went away while a run worked: how the run ended is open, and it must be taken up again.</summary>
public sealed class RunInterruptedException(string service, Guid run, Exception inner)
    : Exception($"{service} went away during run {run}, which is taken up again ({inner.Message})", inner)
{
    /// <summary>The service.</summary>
    public string Service { get; } = service;
}
