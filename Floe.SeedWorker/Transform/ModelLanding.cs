using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform;

/// <summary>Puts a built model into its Iceberg table: one that was built from nothing replaces what the table had; of one that was built onto its rows
/// only the files that change are written.</summary>
public sealed class ModelLanding(ICatalog catalog, ParquetWriter parquet, DuckDbScan scan)
{
    private const string TargetSizeKey = "write.target-file-size-bytes";

    // Copy on write rewrites whole files: small ones make it cheap, and a run merges those that are smaller still.
    private const long IncrementalFileBytes = 4 * 1024 * 1024;

    /// <summary>Writes what changes in the model's table and prepares the commit.</summary>
    /// <param name="db">A connection of the database that the model was built in, used by nobody else meanwhile.</param>
    /// <param name="plan">The plan of the run.</param>
    /// <param name="model">The model.</param>
    /// <param name="summary">Properties of the snapshot.</param>
    /// <returns>The commit with the rows written, or null when nothing changes.</returns>
    internal async Task<LandedModel?> PrepareAsync(
        DuckDBConnection db, TransformPlan plan, DbtModel model, IReadOnlyDictionary<string, string> summary, CancellationToken ct)
    {
        var (transaction, written) = plan.FullRefresh is null && plan.Attached.TryGetValue(model.Name, out var there)
            ? await ChangeAsync(plan.Tables[model.Name], there, model, db, ct)
            : await ReplaceAsync(plan.Tables.GetValueOrDefault(model.Name), model, db, ct);
        var state = plan.After[model.Name];
        if (transaction is null && plan.Before.TryGetValue(model.Name, out var before) && before.SourcesText == state.SourcesText)
            return null;

        transaction ??= plan.Tables[model.Name].NewTransaction();
        foreach (var (key, value) in summary)
            transaction.WithSummary(key, value);
        transaction.WithSummary(ModelState.SourcesKey, state.SourcesText).WithSummary(ModelState.DefinitionKey, state.Definition!);
        return new(model, transaction.Table, await transaction.PrepareAsync(ct), written);
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
        var going = await GoingAsync(there, model, db, ct);
        var rewritten = there.Entries.Where((entry, i) => going[i] > 0 || entry.DataFile.FileSizeInBytes < target / 2).ToList();
        var select = rewritten.Count == 0 ? $"select * from {newRows}"
            : SnapshotStore.Merged(model, await scan.ToSqlAsync(there with { Entries = rewritten }, ct), newRows);
        var schema = await SchemaFromQuery.DescribeAsync(db, select, table.Schema, table.Metadata.LastColumnId, ct);
        var files = await parquet.WriteAsync(table, schema, db, select, ct);
        var change = table.NewTransaction().UpdateSchema(schema);
        return (rewritten.Count == 0 ? change.Append(files) : change.RemoveFiles(rewritten.Select(e => e.DataFile), files), files.Sum(f => f.RecordCount));
    }

    /// <summary>How many rows of each file the run's rows replace. Only the keys are read, and those of files that the model's conditions leave.</summary>
    private async Task<IReadOnlyList<long>> GoingAsync(ScanPlan there, DbtModel model, DuckDBConnection db, CancellationToken ct)
    {
        if (there.Entries.Count == 0)
            return [];
        var counts = new long[there.Entries.Count];
        await using var command = db.CreateCommand();
        command.CommandText = await scan.FilesSqlAsync(there, ct) is { } files
            ? SnapshotStore.CountGoing(model, files, DbtRunner.NewRows(model), "file_index")
            : string.Join(" union all ", await Task.WhenAll(there.Entries.Select(async (entry, i) =>
                $"({SnapshotStore.CountGoing(model, await scan.ToSqlAsync(there with { Entries = [entry] }, ct), DbtRunner.NewRows(model), i.ToString(CultureInfo.InvariantCulture))})")));
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            counts[Convert.ToInt32(reader.GetValue(0), CultureInfo.InvariantCulture)] = reader.GetInt64(1);
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
