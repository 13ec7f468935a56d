using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Maintenance;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>
/// Keeps tables and records from growing for ever: removes old orders, puts small files and manifests together, expires snapshots, removes files that
/// nobody knows, and forgets old runs. Each step finds out by itself what is left to do, so a run that was cut off is just done again.
/// </summary>
public sealed class MaintainJob(
    ICatalog catalog, DuckDbScan scan, ParquetWriter parquet, OrderRetention retention, TransformPipeline transform, RunStore store,
    IOptions<MaintenanceOptions> options, TimeProvider time, ILogger<MaintainJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "maintain";

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request) => new() { ["dryRun"] = JobParameters.Flag(JobParameters.Members(request, "dryRun"), "dryRun") };

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var settings = options.Value;
        var dry = run.Parameters["dryRun"]!.GetValue<bool>();
        var now = time.GetUtcNow();
        var before = await StateAsync(ct);

        if (settings.DataDays > 0)
            await RetainAsync(run, now, dry, ct);
        await EachTableAsync(run, "compact", ct, async table =>
        {
            var rewrite = new RewriteDataFiles(table, scan, parquet) { TargetFileSizeBytes = (long)settings.TargetFileMegabytes << 20, MinInputFiles = settings.MinInputFiles };
            var done = dry ? await rewrite.DryRunAsync(ct) : await rewrite.ExecuteAsync(ct);
            return new(done.Groups.Sum(g => g.RecordCount), done.RewrittenFilesCount == 0 ? null
                : $"{done.RewrittenFilesCount} -> {(dry ? done.Groups.Count : done.AddedFilesCount)} files, {Size(done.RewrittenBytes)}{(dry ? "" : $" -> {Size(done.AddedBytes)}")}");
        });
        await EachTableAsync(run, "manifests", ct, async table =>
        {
            var rewrite = new RewriteManifests(table);
            var done = dry ? await rewrite.DryRunAsync(ct) : await rewrite.ExecuteAsync(ct);
            return new(0, done.RewrittenManifests.Count == 0 ? null : $"{done.RewrittenManifests.Count} -> {done.AddedManifestsCount} manifests");
        });

        var tables = await Task.WhenAll((await TablesAsync(ct)).Select(t => catalog.LoadTableAsync(t, ct)));
        var needed = new NeededSnapshots(tables, now.AddMinutes(-settings.SnapshotMinutes), await store.OldestOpenAsync(ct) ?? now);
        await EachTableAsync(run, "expire", ct, async table =>
        {
            if (KeepsFiles(table))
                return new(0, "keeps its files (gc.enabled=false)");
            var expire = new ExpireSnapshots(table) { OlderThan = needed.Of(table), RetainLast = 1, RetainMetadata = settings.MetadataFiles };
            var done = dry ? await expire.DryRunAsync(ct) : await expire.ExecuteAsync(ct);
            var files = done.Files.Count();
            return new(0, files == 0 ? null : $"{done.Snapshots.Count} snapshots, {files} files, {Size(done.FileSizeInBytes)}");
        });
        await EachTableAsync(run, "orphans", ct, async table =>
        {
            if (KeepsFiles(table))
                return new(0, null);
            var remove = new RemoveOrphanFiles(table) { OlderThan = now.AddMinutes(-settings.OrphanMinutes) };
            var done = dry ? await remove.DryRunAsync(ct) : await remove.ExecuteAsync(ct);
            return new(0, done.Orphans.Count == 0 ? null : $"{done.Orphans.Count} files, {Size(done.FileSizeInBytes)}");
        });
        if (settings.RunDays > 0)
        {
            await run.StepAsync("runs", async step =>
            {
                step.Rows = await store.PruneAsync(now.AddDays(-settings.RunDays), dry, ct);
                return step.Detail = $"{step.Rows} runs that ended more than {settings.RunDays} days ago";
            });
        }

        await run.StepAsync("result", async step =>
        {
            var after = await StateAsync(ct);
            step.Detail = FormattableString.Invariant(
                $"{(dry ? "dry run, nothing changed: " : "")}data files {before.Files} -> {after.Files}, {Size(before.Bytes)} -> {Size(after.Bytes)}, snapshots {before.Snapshots} -> {after.Snapshots}");
            log.LogInformation("{Job}: {Result}", JobName, step.Detail);
            return after;
        });
    }

    private async Task RetainAsync(RunContext run, DateTimeOffset now, bool dry, CancellationToken ct)
    {
        var rebuild = await run.StepAsync("retention", async step =>
        {
            var orders = await catalog.LoadTableAsync(BronzeTables.Identifier(Shop.Orders), ct);
            if (BronzeTables.LastBatch(orders) is not { } last)
                return false;
            var before = OrderRetention.Limit(now, options.Value.DataDays, last.To);
            // This run may have done it before it was cut off, and not have come to the models.
            var earlier = BronzeTables.HasCommitOf(orders, run.Id);
            var removed = await retention.RemoveAsync(before, run.Id, dry, ct);
            step.Rows = removed.Versions + removed.Lines;
            step.Detail = string.Create(CultureInfo.InvariantCulture, $"{removed.Orders} orders from before {before:yyyy-MM-dd}: {removed.Versions} rows and {removed.Lines} lines");
            return !dry && (earlier || removed.Orders > 0);
        });
        if (rebuild)
            await transform.RunAsync(run, ct);
    }

    private async Task EachTableAsync(RunContext run, string name, CancellationToken ct, Func<Table, Task<Done>> work) => await run.StepAsync(name, async step =>
    {
        var said = new List<string>();
        foreach (var identifier in await TablesAsync(ct))
        {
            var done = await work(await catalog.LoadTableAsync(identifier, ct));
            if (done.Rows > 0)
                step.Rows = (step.Rows ?? 0) + done.Rows;
            if (done.Says is { } says)
                said.Add($"{identifier} {says}");
        }

        return step.Detail = said.Count == 0 ? "nothing to do" : string.Join("; ", said);
    });

    private async Task<(long Files, long Bytes, int Snapshots)> StateAsync(CancellationToken ct)
    {
        var (files, bytes, snapshots) = (0L, 0L, 0);
        foreach (var identifier in await TablesAsync(ct))
        {
            var metadata = (await catalog.LoadTableAsync(identifier, ct)).Metadata;
            snapshots += metadata.Snapshots.Count;
            files += Total("total-data-files");
            bytes += Total("total-files-size");
            long Total(string key) => metadata.CurrentSnapshot?.Summary.GetValueOrDefault(key) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total) ? total : 0;
        }

        return (files, bytes, snapshots);
    }

    private async Task<IReadOnlyList<TableIdentifier>> TablesAsync(CancellationToken ct)
    {
        var tables = new List<TableIdentifier>();
        foreach (var ns in Shop.Namespaces)
            tables.AddRange(await catalog.ListTablesAsync(ns, ct));
        return tables;
    }

    private static bool KeepsFiles(Table table) => string.Equals(table.Metadata.Properties.GetValueOrDefault("gc.enabled"), "false", StringComparison.OrdinalIgnoreCase);

    private static string Size(long bytes) => bytes < 1 << 20 ? FormattableString.Invariant($"{bytes / 1024.0:0.0} kB") : FormattableString.Invariant($"{bytes / (double)(1 << 20):0.0} MB");

    private sealed record Done(long Rows, string? Says);
}
