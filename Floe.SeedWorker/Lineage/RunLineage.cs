using System.Collections.Concurrent;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Lineage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Jobs;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.SeedWorker.Lineage;

/// <summary>
/// What lineage says of the worker's runs: an event when one begins, one with the tables when it has committed rows, one when it ends. A run that waits for
/// its next attempt, or that the next worker takes up, has not ended and says so by silence.
/// </summary>
public sealed class RunLineage(LineageEmitter emitter, LakehouseLineage tables, TimeProvider time)
{
    private readonly ConcurrentDictionary<Guid, EventJob> _jobs = new();

    /// <summary>A run begins, or is taken up again.</summary>
    public void Started(Run run)
    {
        if (!emitter.IsOn)
            return;
        var job = _jobs[run.Id] = emitter.Job(run.Job, new() { JobType = JobTypeFacet.Batch("FLOE", "JOB") });
        Emit(RunEventType.Start, run.Id, job, new());
    }

    /// <summary>A run has committed rows to tables.</summary>
    /// <param name="run">The run; one that did not begin here is nobody's.</param>
    /// <param name="written">The tables before, and what was committed.</param>
    public void Wrote(Guid run, IEnumerable<(Table Table, TableCommit Commit)> written)
    {
        if (_jobs.TryGetValue(run, out var job))
            Emit(RunEventType.Running, run, job, new(), [.. written.Select(w => tables.Written(w.Table, w.Commit))]);
    }

    /// <summary>A run ended, with an error or well.</summary>
    public void Ended(Guid run, string? error)
    {
        if (_jobs.TryRemove(run, out var job))
            Emit(error is null ? RunEventType.Complete : RunEventType.Fail, run, job, new() { ErrorMessage = error is null ? null : new(emitter.Secrets.Apply(error)) });
    }

    /// <summary>The run as its parts name it; null when it did not begin here.</summary>
    internal ParentFacet? ParentOf(Guid run) => _jobs.TryGetValue(run, out var job) ? ParentFacet.Of(run, job) : null;

    private void Emit(RunEventType type, Guid run, EventJob job, RunFacets facets, IReadOnlyList<OutputDataset>? outputs = null) => emitter.Emit(new()
    {
        EventType = type, EventTime = time.GetUtcNow(), Run = new(run, facets), Job = job, Outputs = outputs ?? [],
    });
}
