using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>
/// Writes the rows of DuckDB queries as data files of a table: one or more per partition of the table's default spec, sorted by its default sort
/// order. A file above <c>write.target-file-size-bytes</c> (512 MiB) is split. May be used by several threads at once, each with a connection of its own.
/// </summary>
public sealed class ParquetWriter
{
    private const string TargetSize = "write.target-file-size-bytes";
    private const long DefaultTargetBytes = 512L * 1024 * 1024;
    private const int UploadsAtOnce = 4;
    private readonly string folder;

    /// <summary>A writer that keeps files in this folder until they are uploaded; by default the system's folder for temporary files.</summary>
    public ParquetWriter(string? temporaryFolder = null)
    {
        folder = temporaryFolder ?? Path.Combine(Path.GetTempPath(), "floe-parquet");
        Directory.CreateDirectory(folder);
    }

    /// <summary>Runs the query on the connection, writes its rows as Parquet files and uploads them below the table's location. The files belong to
    /// no snapshot until a <see cref="Transaction"/> commits them; when writing fails none is left.</summary>
    /// <param name="table">The table.</param>
    /// <param name="db">An open DuckDB connection, used by nobody else meanwhile.</param>
    /// <param name="selectSql">The query, without a semicolon. Its columns are matched by name with the schema's; their order does not matter.
    /// Without a sort order the rows of an unpartitioned table keep the query's order.</param>
    /// <returns>The files; none when the query has no rows.</returns>
    /// <exception cref="ValidationException">A column is unknown, missing or of another type, a required column has nulls, or a value does not
    /// fit the type that the query casts it to.</exception>
    /// <exception cref="StorageException">The local disk is full, or the upload failed.</exception>
    public Task<IReadOnlyList<DataFile>> WriteAsync(Table table, DuckDBConnection db, string selectSql, CancellationToken ct) =>
        WriteAsync(table, table.Schema, db, selectSql, ct);

    /// <summary>As the other overload, for rows of a schema that the transaction will make the table's (<see cref="Transaction.Schema"/>).</summary>
    public Task<IReadOnlyList<DataFile>> WriteAsync(Table table, Schema schema, DuckDBConnection db, string selectSql, CancellationToken ct) =>
        WriteAsync(table, schema, table.Metadata.PartitionSpec, ct, (parquet, token) => Stage(table, schema, db, parquet, selectSql, token), db);

    /// <summary>Writes the query's rows, which must all belong to one partition, as one file in the query's order.</summary>
    /// <returns>The file, or null when the query has no rows.</returns>
    internal async Task<DataFile?> WriteFileAsync(
        Table table, Schema schema, PartitionSpec spec, IReadOnlyList<object?> partition, DuckDBConnection db, string selectSql, CancellationToken ct)
    {
        var files = await WriteAsync(
            table,
            schema,
            spec,
            ct,
            (parquet, token) => parquet.Write(ParquetProjection.Of(table, schema, db, selectSql), token) is { Statistics.Rows: > 0 } file ? [new(file, partition, null)] : [],
            db);
        return files.SingleOrDefault();
    }

    private async Task<IReadOnlyList<DataFile>> WriteAsync(
        Table table, Schema schema, PartitionSpec spec, CancellationToken ct, Func<LocalParquet, CancellationToken, IReadOnlyList<StagedFile>> stage, DuckDBConnection db)
    {
        using var activity = LakehouseActivity.Start("parquet.write");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        var local = Path.Combine(folder, $"{Guid.NewGuid():N}");
        var stored = new List<DataFile>();
        try
        {
            // DuckDB's calls block: off the caller's thread, so that several writes can run side by side.
            var files = await Task.Run(
                () =>
                {
                    Directory.CreateDirectory(local);
                    var parquet = new LocalParquet(db, schema, local);
                    return stage(parquet, ct).Select(f => (f.File.Path, File: Describe(table, schema, spec, parquet, f))).ToList();
                },
                ct);
            if (files.Count > 0)
                FaultPoints.Reached(FaultPoints.ParquetWritten);
            stored.AddRange(files.Select(f => f.File));
            await Parallel.ForEachAsync(files, new ParallelOptions { MaxDegreeOfParallelism = UploadsAtOnce, CancellationToken = ct }, async (file, token) =>
            {
                await table.IO.UploadAsync(file.Path, file.File.FilePath, token);
                File.Delete(file.Path);
            });
            if (files.Count > 0)
                FaultPoints.Reached(FaultPoints.ParquetUploaded);
            var of = new KeyValuePair<string, object?>(LakehouseActivity.Table, table.Identifier.ToString());
            LakehouseMetrics.Files.Add(stored.Count, of);
            LakehouseMetrics.Bytes.Add(stored.Sum(f => f.FileSizeInBytes), of);
            activity?.SetTag(LakehouseActivity.Files, stored.Count);
            activity?.SetTag(LakehouseActivity.Rows, stored.Sum(f => f.RecordCount));
            activity?.SetTag(LakehouseActivity.Bytes, stored.Sum(f => f.FileSizeInBytes));
            return stored;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            if (stored.Count > 0)
                await CommitLoop.CleanAsync(() => table.IO.DeleteAsync([.. stored.Select(f => f.FilePath)], CancellationToken.None));
            if (e is DuckDBException failure && DuckDbFailures.Explain(failure, table, local) is { } explained)
                throw explained;
            if (e is IOException or UnauthorizedAccessException)
                throw new StorageException(local, $"rows of {table.Identifier} could not be kept there: {e.Message}", e);
            throw;
        }
        finally
        {
            if (Directory.Exists(local))
                Directory.Delete(local, recursive: true);
        }
    }

    /// <summary>Writes the rows to local files by the table's partition spec, sort order and target size.</summary>
    private static IReadOnlyList<StagedFile> Stage(Table table, Schema schema, DuckDBConnection db, LocalParquet parquet, string selectSql, CancellationToken ct)
    {
        var (spec, order) = (table.Metadata.PartitionSpec, table.Metadata.SortOrder);
        var target = TargetBytes(table);
        var orderBy = SortSql.Of(order, schema);
        var select = ParquetProjection.Of(table, schema, db, selectSql);
        int? orderId = order.Fields.Count == 0 ? null : order.OrderId;

        if (spec.IsUnpartitioned)
        {
            // The rows as a table of their own, so that the order's columns are the schema's.
            var file = parquet.Write(orderBy.Length == 0 ? select : $"SELECT * FROM ({select}){orderBy}", ct);
            return [.. Pieces(file).Select(f => new StagedFile(f, [.. spec.Fields.Select(_ => (object?)null)], orderId))];
        }

        var partitions = new PartitionSql(spec, schema);
        var staged = new List<StagedFile>();
        var written = parquet.WritePartitioned(select, partitions.Key, ct).Where(f => f.Statistics.Rows > 0);
        foreach (var files in written.GroupBy(f => Path.GetDirectoryName(f.Path), StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var values = partitions.Read(db, LocalParquet.From(files.First().Path));

            // DuckDB keeps no order when it partitions, and with many partitions open it ends files early.
            var file = parquet.Join([.. files.OrderBy(f => f.Path, StringComparer.Ordinal)], orderBy, ct);
            staged.AddRange(Pieces(file).Select(f => new StagedFile(f, values, orderId)));
        }

        return staged;

        IReadOnlyList<LocalFile> Pieces(LocalFile file) => file.Statistics.Rows == 0 ? []
            : file.Statistics.Bytes <= target ? [file]
            : parquet.Split(file, (file.Statistics.Bytes + target - 1) / target, ct);
    }

    private static DataFile Describe(Table table, Schema schema, PartitionSpec spec, LocalParquet parquet, StagedFile staged)
    {
        var path = PartitionPath.Of(spec, spec.ResultTypes(schema), staged.Partition);
        var file = staged.File.Statistics.ToDataFile(schema, $"{DataFolder(table)}/{(path.Length == 0 ? "" : $"{path}/")}{Guid.NewGuid()}.parquet");
        foreach (var field in schema.Fields.Where(f => f.Required))
        {
            if (file.NullValueCounts!.GetValueOrDefault(field.Id) is > 0 and var nulls)
                throw new ValidationException($"The rows for {table.Identifier} have {nulls} nulls in the required column '{field.Name}'; nothing was written.");
        }

        return file with { SpecId = spec.SpecId, Partition = staged.Partition, SortOrderId = staged.SortOrderId, SplitOffsets = parquet.SplitOffsets(staged.File.Path) };
    }

    private static long TargetBytes(Table table) =>
        !table.Metadata.Properties.TryGetValue(TargetSize, out var text) ? DefaultTargetBytes
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes
        : throw new ValidationException($"The table {table.Identifier} has the property {TargetSize}={text}; it must be a whole number from 1.");

    private static string DataFolder(Table table) => table.Metadata.Properties.GetValueOrDefault("write.data.path")?.TrimEnd('/') ?? $"{table.Location}/data";

    /// <summary>A local file and what the manifest says of it.</summary>
    private sealed record StagedFile(LocalFile File, IReadOnlyList<object?> Partition, int? SortOrderId);
}
