using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform;

/// <summary>The landing of a run's models: each is written as soon as it is built, beside the building of others, and all become visible by one commit.
/// Without that commit nothing of it stays.</summary>
internal sealed class LandingRun(ICatalog catalog, ModelLanding landing, DuckDBConnection db, TransformPlan plan, IReadOnlyDictionary<string, string> summary, CancellationToken ct) : IAsyncDisposable
{
    private const int WritesAtOnce = 3;
    private readonly SemaphoreSlim _places = new(WritesAtOnce);
    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
    private readonly List<Task<LandedModel?>> _work = [];
    private bool _committed;

    /// <summary>Begins to write a model that was built.</summary>
    public void Add(DbtModel model)
    {
        if (!plan.Landing.Contains(model))
            return;
        var work = Task.Run(() => WriteAsync(model, _stop.Token), _stop.Token);
        lock (_work)
            _work.Add(work);
    }

    /// <summary>Waits for the writes and commits.</summary>
    /// <returns>What was committed; nothing of models that the run gave no rows.</returns>
    public async Task<IReadOnlyList<LandedModel>> CommitAsync()
    {
        var changes = (await Task.WhenAll(_work)).OfType<LandedModel>().ToList();
        // From here on the catalog decides what becomes of the files, also when its answer is lost.
        _committed = true;
        if (changes.Count > 0)
            await catalog.CommitTransactionAsync([.. changes.Select(c => c.Commit)], ct);
        foreach (var change in changes)
            Telemetry.RowsCommitted.Add(change.Rows, Telemetry.Table(change.Commit.Identifier.ToString()));
        return changes;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_committed)
        {
            await _stop.CancelAsync();
            foreach (var work in _work)
            {
                await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                if (work.IsCompletedSuccessfully && await work is { } change)
                    await AllOrNone.DiscardAsync(change.Commit.Identifier, change.Commit.DiscardAsync);
            }
        }

        _stop.Dispose();
        _places.Dispose();
    }

    private async Task<LandedModel?> WriteAsync(DbtModel model, CancellationToken stop)
    {
        await _places.WaitAsync(stop);
        try
        {
            await using var session = db.Duplicate();
            await session.OpenAsync(stop);
            return await landing.PrepareAsync(session, plan, model, summary, stop);
        }
        finally
        {
            _places.Release();
        }
    }
}
