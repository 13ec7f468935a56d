using DuckDB.NET.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>
/// Deletes and overwrites rows by a filter (specification, "Row-level Deletes", copy on write): a file whose rows all match goes as a whole, by what
/// its manifest says; one that may have some is read, and the rows that stay are written again in their order and partition. Other files are not
/// even read.
/// </summary>
public sealed class CopyOnWrite(ParquetWriter writer, DuckDbScan scan)
{
    /// <summary>Puts the deletion of the rows that a filter keeps into a transaction. Rows for which it is unknown (nulls) stay. Without such rows
    /// the transaction stays as it is. The commit fails when a file that it removes was changed meanwhile or, under
    /// <see cref="Isolation.Serializable"/>, rows came that the filter may be about.</summary>
    /// <param name="transaction">A transaction that removes nothing else; the rows are those of its branch.</param>
    /// <param name="db">An open DuckDB connection, used by nobody else meanwhile.</param>
    /// <param name="filter">Which rows.</param>
    /// <param name="isolation">What of others' commits is a conflict.</param>
    /// <returns>The transaction, to be committed.</returns>
    /// <exception cref="ValidationException">The filter does not fit the schema.</exception>
    /// <exception cref="UnsupportedFormatException">The table has equality deletes or files that are not Parquet.</exception>
    /// <exception cref="Storage.StorageException">A file cannot be read or written.</exception>
    public Task<Transaction> DeleteAsync(Transaction transaction, DuckDBConnection db, Expression filter, Isolation isolation = Isolation.Serializable, CancellationToken ct = default) =>
        ApplyAsync(transaction, db, filter, null, isolation, ct);

    /// <summary>As <see cref="DeleteAsync"/>, and adds the rows of a query in the same commit, whether or not they match the filter.</summary>
    /// <param name="transaction">A transaction that removes nothing else; the rows are those of its branch.</param>
    /// <param name="db">An open DuckDB connection, used by nobody else meanwhile.</param>
    /// <param name="filter">Which rows go.</param>
    /// <param name="selectSql">Rows that come; see <see cref="ParquetWriter.WriteAsync(Table, DuckDBConnection, string, CancellationToken)"/>.</param>
    /// <param name="isolation">What of others' commits is a conflict.</param>
    public Task<Transaction> OverwriteAsync(
        Transaction transaction, DuckDBConnection db, Expression filter, string selectSql, Isolation isolation = Isolation.Serializable, CancellationToken ct = default) =>
        ApplyAsync(transaction, db, filter, selectSql, isolation, ct);

    /// <summary>As <see cref="DeleteAsync"/> with a condition in DuckDB's SQL, which may name tables of the connection, so that every file is read. Rows that others
    /// add meanwhile stay, whether or not the condition holds for them.</summary>
    /// <param name="transaction">A transaction that removes nothing else; the rows are those of its branch.</param>
    /// <param name="db">An open DuckDB connection, used by nobody else meanwhile.</param>
    /// <param name="conditionSql">Which rows; a trusted text.</param>
    /// <returns>How many rows the commit will delete.</returns>
    /// <exception cref="Storage.StorageException">A file cannot be read or written.</exception>
    public async Task<long> DeleteWhereAsync(Transaction transaction, DuckDBConnection db, string conditionSql, CancellationToken ct = default)
    {
        var table = transaction.Table;
        var plan = await table.NewScan().UseRef(table.Metadata.Refs.ContainsKey(transaction.Branch) ? transaction.Branch : Metadata.SnapshotRef.Main).PlanAsync(ct);
        var removed = new List<DataFile>();
        var written = new List<DataFile>();
        var rows = 0L;
        try
        {
            foreach (var entry in plan.Entries)
            {
                var file = entry.DataFile;
                var from = await scan.ToSqlAsync(plan with { Entries = [entry] }, ct);
                var (matching, live) = await CountAsync(db, from, conditionSql, ct);
                if (matching == 0)
                    continue;
                if (matching < live)
                {
                    var rest = await writer.WriteFileAsync(
                        table, table.Schema, table.Metadata.SpecById(file.SpecId), file.Partition, db, $"SELECT * FROM {from} WHERE ({conditionSql}) IS NOT TRUE", ct);
                    written.Add(rest! with { SortOrderId = file.SortOrderId });
                }

                removed.Add(file);
                rows += matching;
            }
        }
        catch
        {
            await CommitLoop.CleanAsync(() => table.IO.DeleteAsync([.. written.Select(f => f.FilePath)], CancellationToken.None));
            throw;
        }

        if (removed.Count > 0)
            transaction.RemoveFiles(removed, written);
        return rows;
    }

    private static Task<(long Matching, long Live)> CountAsync(DuckDBConnection db, string from, string conditionSql, CancellationToken ct) => Task.Run(
        () =>
        {
            using var command = db.CreateCommand();
            command.CommandText = $"SELECT count(*) FILTER (WHERE {conditionSql}), count(*) FROM {from}";
            using var cancel = ct.Register(command.Cancel);
            using var reader = command.ExecuteReader();
            reader.Read();
            return (reader.GetInt64(0), reader.GetInt64(1));
        },
        ct);

    private async Task<Transaction> ApplyAsync(Transaction transaction, DuckDBConnection db, Expression filter, string? selectSql, Isolation isolation, CancellationToken ct)
    {
        var table = transaction.Table;
        var bound = filter.Bind(table.Schema);
        var judge = new ScanFilter(bound, table.Metadata);
        var plan = await table.NewScan().UseRef(table.Metadata.Refs.ContainsKey(transaction.Branch) ? transaction.Branch : Metadata.SnapshotRef.Main).Filter(filter).PlanAsync(ct);
        var removed = new List<DataFile>();
        var written = new List<DataFile>();
        try
        {
            foreach (var entry in plan.Entries)
            {
                var file = entry.DataFile;
                if (!judge.AllMatch(file) && await StaysAsync(entry) is var (matching, live, from) && matching != live)
                {
                    if (matching == 0)
                        continue;
                    var rest = await writer.WriteFileAsync(
                        table, table.Schema, table.Metadata.SpecById(file.SpecId), file.Partition, db, $"SELECT * FROM {from} WHERE ({ExpressionSql.Of(bound)}) IS NOT TRUE", ct);
                    written.Add(rest! with { SortOrderId = file.SortOrderId });
                }

                removed.Add(file);
            }

            if (selectSql is not null)
                written.AddRange(await writer.WriteAsync(table, db, selectSql, ct));
        }
        catch
        {
            await CommitLoop.CleanAsync(() => table.IO.DeleteAsync([.. written.Select(f => f.FilePath)], CancellationToken.None));
            throw;
        }

        if (removed.Count == 0 && selectSql is null)
            return transaction;
        return transaction.RemoveFiles(removed, written, isolation == Isolation.Serializable ? judge.MightMatch : null);

        async Task<(long Matching, long Live, string From)> StaysAsync(ManifestEntry entry)
        {
            var from = await scan.ToSqlAsync(plan with { Entries = [entry], Filter = Expression.AlwaysTrue, Residual = Expression.AlwaysTrue }, ct);
            var (matching, live) = await CountAsync(db, from, ExpressionSql.Of(bound), ct);
            return (matching, live, from);
        }
    }
}
