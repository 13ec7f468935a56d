namespace Floe.SeedWorker.Jobs;

/// <summary>The database of runs went away while a run worked: how the run ended is open, and it must be taken up again.</summary>
public sealed class RunInterruptedException(Guid run, Exception inner)
    : Exception($"the database of runs went away during run {run}, which is taken up again ({inner.Message})", inner);
