using DuckDB.NET.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Data;

/// <summary>Writes the rows of DuckDB queries as data files of a table. May be used by several threads at once, each with a connection of its own.</summary>
public sealed class ParquetWriter
{
    private readonly string folder;

    /// <summary>A writer that keeps a file in this folder until it is uploaded; by default the system's folder for temporary files.</summary>
    public ParquetWriter(string? temporaryFolder = null)
    {
        folder = temporaryFolder ?? Path.Combine(Path.GetTempPath(), "floe-parquet");
        Directory.CreateDirectory(folder);

        // What killed processes left; nobody writes a file for days.
        foreach (var left in new DirectoryInfo(folder).EnumerateFiles("*.parquet").Where(f => f.LastWriteTimeUtc < DateTime.UtcNow.AddDays(-2)))
            left.Delete();
    }

    /// <summary>Runs the query on the connection, writes its rows as a Parquet file and uploads it below the table's location. The file belongs to
    /// no snapshot until a <see cref="Transaction"/> commits it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="db">An open DuckDB connection, used by nobody else meanwhile.</param>
    /// <param name="selectSql">The query, without a semicolon. Its columns are matched by name with the schema's; their order does not matter.</param>
    /// <returns>The file; none when the query has no rows.</returns>
    /// <exception cref="ValidationException">A column is unknown, missing or of another type, or a required column has nulls.</exception>
    /// <exception cref="Storage.StorageException">The upload failed.</exception>
    public Task<IReadOnlyList<DataFile>> WriteAsync(Table table, DuckDBConnection db, string selectSql, CancellationToken ct) =>
        WriteAsync(table, table.Schema, db, selectSql, ct);

    /// <summary>As the other overload, for rows of a schema that the transaction will make the table's (<see cref="Transaction.Schema"/>).</summary>
    public async Task<IReadOnlyList<DataFile>> WriteAsync(Table table, Schema schema, DuckDBConnection db, string selectSql, CancellationToken ct)
    {
        var spec = table.Metadata.PartitionSpec;
        if (!spec.IsUnpartitioned)
            throw new UnsupportedFormatException($"The table {table.Identifier} is partitioned; only unpartitioned tables are written so far.");

        return await WriteFileAsync(table, schema, spec, [.. spec.Fields.Select(_ => (object?)null)], db, selectSql, ct) is { } file ? [file] : [];
    }

    /// <summary>Writes the query's rows, which must all belong to one partition, as one file.</summary>
    /// <returns>The file, or null when the query has no rows.</returns>
    internal async Task<DataFile?> WriteFileAsync(
        Table table, Schema schema, PartitionSpec spec, IReadOnlyList<object?> partition, DuckDBConnection db, string selectSql, CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("parquet.write");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        var local = Path.Combine(folder, $"{Guid.NewGuid():N}.parquet");
        try
        {
            // DuckDB's calls block: off the caller's thread, so that several writes can run side by side.
            var file = await Task.Run(() => Copy(table, schema, db, selectSql, local, ct), ct);
            if (file.RecordCount == 0)
                return null;
            FaultPoints.Reached(FaultPoints.ParquetWritten);

            var stored = file with { SpecId = spec.SpecId, Partition = partition };
            await table.IO.UploadAsync(local, stored.FilePath, ct);
            FaultPoints.Reached(FaultPoints.ParquetUploaded);
            activity?.SetTag(LakehouseActivity.Rows, stored.RecordCount);
            activity?.SetTag(LakehouseActivity.Bytes, stored.FileSizeInBytes);
            return stored;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
        finally
        {
            File.Delete(local);
        }
    }

    private static DataFile Copy(Table table, Schema schema, DuckDBConnection db, string selectSql, string local, CancellationToken ct)
    {
        var select = Projection(table, schema, DuckDbSql.Describe(db, selectSql), selectSql);
        var ids = string.Join(", ", schema.Fields.Select(f => $"{DuckDbSql.Name(f.Name)}: {f.Id}"));
        using var command = db.CreateCommand();

        // PARQUET_VERSION v2: delta encodings, a quarter smaller and cheaper to write; field ids are the columns' identity for every Iceberg reader.
        command.CommandText = $"COPY ({select}) TO {DuckDbSql.Text(local)} (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, FIELD_IDS {{{ids}}}, RETURN_STATS)";
        using var cancel = ct.Register(command.Cancel);
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            throw new CorruptFileException(local, "DuckDB wrote it without statistics.");
        var statistics = ParquetStatistics.Read(reader);
        var file = statistics.ToDataFile(schema, $"{DataFolder(table)}/{Guid.NewGuid()}.parquet");
        foreach (var field in schema.Fields.Where(f => f.Required))
        {
            if (file.NullValueCounts!.GetValueOrDefault(field.Id) is > 0 and var nulls)
                throw new ValidationException($"The rows for {table.Identifier} have {nulls} nulls in the required column '{field.Name}'; nothing was written.");
        }

        return file.RecordCount == 0 ? file : file with { SplitOffsets = SplitOffsets(db, local) };
    }

    /// <summary>The query with the schema's columns, order and types. Types are cast only where nothing can be lost.</summary>
    private static string Projection(Table table, Schema schema, IReadOnlyList<(string Name, string Type)> columns, string selectSql)
    {
        var given = columns.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
        if (columns.FirstOrDefault(c => schema.FindField(c.Name) is null) is { Name: { } unknown })
            throw new ValidationException($"The query's column '{unknown}' is not a column of {table.Identifier}; it has {string.Join(", ", schema.Fields.Select(f => f.Name))}.");

        var parts = schema.Fields.Select(field =>
        {
            var name = DuckDbSql.Name(field.Name);
            if (field.Type is not PrimitiveType type)
                throw new UnsupportedFormatException($"The column '{field.Name}' of {table.Identifier} is a {field.Type}; nested columns are read, not written.");
            if (!given.TryGetValue(field.Name, out var sqlType))
            {
                return field.Required
                    ? throw new ValidationException($"The query lacks the required column '{field.Name}' of {table.Identifier}.")
                    : $"NULL::{DuckDbTypes.ToSql(type)} AS {name}";
            }

            var from = DuckDbTypes.FromSql(field.Name, sqlType);
            if (!DuckDbTypes.Fits(from, type))
                throw new ValidationException($"The query's column '{field.Name}' is {from}, the column of {table.Identifier} is {type}: cast it in the query, {name}::{DuckDbTypes.ToSql(type)}.");
            return sqlType == DuckDbTypes.ToSql(type) ? name : $"{name}::{DuckDbTypes.ToSql(type)} AS {name}";
        });
        return $"SELECT {string.Join(", ", parts)} FROM ({selectSql})";
    }

    private static IReadOnlyList<long> SplitOffsets(DuckDBConnection db, string local)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"SELECT min(coalesce(dictionary_page_offset, data_page_offset))::BIGINT FROM parquet_metadata({DuckDbSql.Text(local)}) GROUP BY row_group_id ORDER BY row_group_id";
        using var reader = command.ExecuteReader();
        var offsets = new List<long>();
        while (reader.Read())
            offsets.Add(reader.GetInt64(0));
        return offsets;
    }

    private static string DataFolder(Table table) => table.Metadata.Properties.GetValueOrDefault("write.data.path")?.TrimEnd('/') ?? $"{table.Location}/data";
}
