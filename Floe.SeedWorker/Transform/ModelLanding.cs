using System.Collections.Concurrent;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform;

/// <summary>Puts built models into their Iceberg tables, all in one commit: a model that was built from nothing replaces what its table had; of one
/// that was built onto its rows only the files that change are written.</summary>
public sealed class ModelLanding(ICatalog catalog, ParquetWriter parquet, DuckDbScan scan)
{
    private const int WritesAtOnce = 3;
    private const string TargetSizeKey = "write.target-file-size-bytes";

    // Copy on write rewrites whole files: small ones make it cheap, and a run merges those that are smaller still.
    private const long IncrementalFileBytes = 8 * 1024 * 1024;

    /// <summary>Lands the models of a plan.</summary>
    /// <param name="db">The database that they were built in.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="summary">Properties of the snapshots.</param>
    /// <returns>Rows written by table.</returns>
    internal async Task<IReadOnlyDictionary<string, long>> LandAsync(
        DuckDBConnection db, TransformPlan plan, IReadOnlyDictionary<string, string> summary, CancellationToken ct)
    {
        var rows = new ConcurrentDictionary<string, long>();
        var commits = new ConcurrentBag<TableCommit>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = WritesAtOnce, CancellationToken = ct };
        try
        {
            await Parallel.ForEachAsync(plan.Landing, options, async (model, token) =>
            {
                await using var session = db.Duplicate();
                await session.OpenAsync(token);
                var (transaction, written) = plan.FullRefresh is null && plan.Attached.TryGetValue(model.Name, out var there)
                    ? await ChangeAsync(plan.Tables[model.Name], there, model, session, token)
                    : await ReplaceAsync(plan.Tables.GetValueOrDefault(model.Name), model, session, token);
                var state = plan.After[model.Name];
                if (transaction is null && plan.Before.TryGetValue(model.Name, out var before) && before.SourcesText == state.SourcesText)
                    return;

                transaction ??= plan.Tables[model.Name].NewTransaction();
                foreach (var (key, value) in summary)
                    transaction.WithSummary(key, value);
                transaction.WithSummary(ModelState.SourcesKey, state.SourcesText).WithSummary(ModelState.DefinitionKey, state.Definition!);
                commits.Add(await transaction.PrepareAsync(token));
                rows[transaction.Table.Identifier.ToString()] = written;
            });
        }
        catch
        {
            foreach (var commit in commits)
                await AllOrNone.DiscardAsync(commit.Identifier, commit.DiscardAsync);
            throw;
        }

        if (!commits.IsEmpty)
            await catalog.CommitTransactionAsync([.. commits], ct);
        foreach (var (table, count) in rows)
            Telemetry.RowsCommitted.Add(count, Telemetry.Table(table));
        return rows;
    }

    private async Task<(Transaction Change, long Rows)> ReplaceAsync(Table? known, DbtModel model, DuckDBConnection db, CancellationToken ct)
    {
        var select = $"select * from {DbtRunner.Relation(model)}";
        var table = await SortedAsync(known ?? await CreateAsync(model, db, select, ct), model, ct);
        var schema = await SchemaFromQuery.DescribeAsync(db, select, table.Schema, table.Metadata.LastColumnId, ct);
        var files = await parquet.WriteAsync(table, schema, db, select, ct);
        return (table.NewTransaction().UpdateSchema(schema).Replace(files), files.Sum(f => f.RecordCount));
    }

    /// <summary>Writes the files anew that have rows which the run's rows replace, together with those; small files as well, so that their number does not
    /// grow with every run. Null when the run gave no rows.</summary>
    private async Task<(Transaction? Change, long Rows)> ChangeAsync(Table table, ScanPlan there, DbtModel model, DuckDBConnection db, CancellationToken ct)
    {
        var newRows = DbtRunner.NewRows(model);
        if (await Sql.CountAsync(db, $"select count(*) from {newRows}", ct) == 0)
            return (null, 0);

        var target = table.Metadata.Properties.TryGetValue(TargetSizeKey, out var text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : IncrementalFileBytes;
        var rewritten = new List<ManifestEntry>();
        var going = await GoingAsync(there, model, db, ct);
        for (var i = 0; i < there.Entries.Count; i++)
        {
            if (going[i] > 0 || there.Entries[i].DataFile.FileSizeInBytes < target / 2)
                rewritten.Add(there.Entries[i]);
        }

        var select = rewritten.Count == 0 ? $"select * from {newRows}"
            : SnapshotStore.Merged(model, await scan.ToSqlAsync(there with { Entries = rewritten }, ct), newRows);
        var schema = await SchemaFromQuery.DescribeAsync(db, select, table.Schema, table.Metadata.LastColumnId, ct);
        var files = await parquet.WriteAsync(table, schema, db, select, ct);
        var change = table.NewTransaction().UpdateSchema(schema);
        return (rewritten.Count == 0 ? change.Append(files) : change.RemoveFiles(rewritten.Select(e => e.DataFile), files), files.Sum(f => f.RecordCount));
    }

    /// <summary>How many rows of each file the run's rows replace. Only the keys are read.</summary>
    private async Task<IReadOnlyList<long>> GoingAsync(ScanPlan there, DbtModel model, DuckDBConnection db, CancellationToken ct)
    {
        if (there.Entries.Count == 0)
            return [];
        var parts = await Task.WhenAll(there.Entries.Select(async (entry, i) =>
        {
            var file = await scan.ToSqlAsync(there with { Entries = [entry] }, ct);
            return string.Create(CultureInfo.InvariantCulture, $"select {i}, ({SnapshotStore.CountGoing(model, file, DbtRunner.NewRows(model))})");
        }));
        var counts = new long[parts.Length];
        await using var command = db.CreateCommand();
        command.CommandText = string.Join(" union all ", parts);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            counts[reader.GetInt32(0)] = reader.GetInt64(1);
        return counts;
    }

    private async Task<Table> CreateAsync(DbtModel model, DuckDBConnection db, string select, CancellationToken ct)
    {
        var properties = new Dictionary<string, string>();
        if (model.Materialized == Materialization.Incremental)
            properties[TargetSizeKey] = IncrementalFileBytes.ToString(CultureInfo.InvariantCulture);
        return await catalog.CreateTableAsync(
            new TableIdentifier(model.IcebergNamespace!, model.Name), await SchemaFromQuery.DescribeAsync(db, select, ct: ct), properties: properties, ct: ct);
    }

    private static async Task<Table> SortedAsync(Table table, DbtModel model, CancellationToken ct)
    {
        if (model.Config.IcebergSort is not { } column || table.Metadata.SortOrder.Fields is [var only] && only.SourceId == table.Schema.FindField(column)?.Id)
            return table;
        return await table.NewTransaction().ReplaceSortOrder(order => order.Asc(column)).CommitAsync(ct);
    }
}
