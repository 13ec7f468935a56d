using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;

namespace Floe.SeedWorker.Transform;

/// <summary>Puts built models into their Iceberg tables: each replaces what its table had, all in one commit.</summary>
public sealed class ModelLanding(ICatalog catalog, ParquetWriter parquet)
{
    private const int WritesAtOnce = 3;

    /// <summary>Lands the models that have an <c>iceberg_namespace</c>.</summary>
    /// <param name="db">The database that they were built in.</param>
    /// <param name="models">The models.</param>
    /// <param name="summary">Properties of the snapshots.</param>
    /// <returns>Rows by table.</returns>
    public async Task<IReadOnlyDictionary<string, long>> LandAsync(
        DuckDBConnection db, IReadOnlyList<DbtModel> models, IReadOnlyDictionary<string, string> summary, CancellationToken ct)
    {
        var rows = new ConcurrentDictionary<string, long>();
        var commits = new ConcurrentBag<TableCommit>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = WritesAtOnce, CancellationToken = ct };
        try
        {
            await Parallel.ForEachAsync(models.Where(m => m.IcebergNamespace is not null), options, async (model, token) =>
            {
                await using var session = db.Duplicate();
                await session.OpenAsync(token);
                var select = $"select * from {DbtRunner.Relation(model)}";
                var table = await LoadOrCreateAsync(new TableIdentifier(model.IcebergNamespace!, model.Name), session, select, token);
                var schema = await SchemaFromQuery.DescribeAsync(session, select, table.Schema, table.Metadata.LastColumnId, token);
                var files = await parquet.WriteAsync(table, schema, session, select, token);

                var transaction = table.NewTransaction().UpdateSchema(schema).Replace(files);
                foreach (var (key, value) in summary)
                    transaction.WithSummary(key, value);
                commits.Add(await transaction.PrepareAsync(token));
                rows[table.Identifier.ToString()] = files.Sum(f => f.RecordCount);
            });
        }
        catch
        {
            foreach (var commit in commits)
                await AllOrNone.DiscardAsync(commit.Identifier, commit.DiscardAsync);
            throw;
        }

        await catalog.CommitTransactionAsync([.. commits], ct);
        foreach (var (table, count) in rows)
            Telemetry.RowsCommitted.Add(count, Telemetry.Table(table));
        return rows;
    }

    private async Task<Table> LoadOrCreateAsync(TableIdentifier identifier, DuckDBConnection db, string select, CancellationToken ct)
    {
        try
        {
            return await catalog.LoadTableAsync(identifier, ct);
        }
        catch (NoSuchTableException)
        {
            return await catalog.CreateTableAsync(identifier, await SchemaFromQuery.DescribeAsync(db, select, ct: ct), ct: ct);
        }
    }
}
