using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;

namespace Floe.SeedWorker.Jobs;

/// <summary>A batch's way into the raw tables, as the steps of a run.</summary>
internal static class BatchSteps
{
    /// <summary>Writes the batch and commits it.</summary>
    /// <returns>The batch and the new snapshots by table.</returns>
    public static async Task<(WrittenBatch Batch, IReadOnlyDictionary<string, long> Snapshots)> IngestAsync(
        this RunContext run, BatchIngest ingest, BatchPlan plan, IReadOnlyDictionary<string, Table> tables, CancellationToken ct)
    {
        var batch = await run.StepAsync("generate", async step =>
        {
            var written = await ingest.WriteAsync(plan, tables, ct);
            step.Rows = written.TotalRows;
            return written;
        });
        return (batch, await run.CommitAsync(ingest, batch, ct));
    }

    /// <summary>Commits a batch whose files are written.</summary>
    /// <returns>The new snapshots by table.</returns>
    public static Task<IReadOnlyDictionary<string, long>> CommitAsync(this RunContext run, BatchIngest ingest, WrittenBatch batch, CancellationToken ct) =>
        run.StepAsync("commit", async step =>
        {
            var committed = await ingest.CommitAsync(batch, run.Id, ct);
            step.Rows = batch.TotalRows;
            step.Detail = string.Join(", ", committed.Select(s => $"{s.Key} {s.Value}"));
            return committed;
        });
}
