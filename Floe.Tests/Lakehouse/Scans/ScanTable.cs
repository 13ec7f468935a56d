using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>A table in a folder, without a catalog, whose files and manifests a test puts together as any engine could have written them.</summary>
internal sealed class ScanTable : IDisposable
{
    private readonly List<ManifestFile> manifests = [];
    private readonly DuckDbScan scan;

    public ScanTable(Schema schema, PartitionSpec? spec = null)
    {
        Folder = Directory.CreateTempSubdirectory("floe-scan-").FullName;
        Directory.CreateDirectory($"{Folder}/data");
        Db = LocalTable.Duck();
        scan = new DuckDbScan(new DataFileCache(IO, Path.Combine(Folder, "cache"), 1L << 30));
        Metadata = new TableMetadata
        {
            FormatVersion = 2,
            TableUuid = Guid.NewGuid(),
            Location = $"file://{Folder}",
            LastUpdatedMs = 0,
            LastColumnId = schema.HighestFieldId,
            Schemas = [schema],
            CurrentSchemaId = schema.SchemaId,
            PartitionSpecs = [spec ?? PartitionSpec.Unpartitioned],
            DefaultSpecId = spec?.SpecId ?? 0,
            SortOrders = [SortOrder.Unsorted],
        };
    }

    public string Folder { get; }

    public DuckDBConnection Db { get; }

    public LocalFileIO IO { get; } = new();

    public TableMetadata Metadata { get; set; }

    public Schema Schema => Metadata.Schema;

    public Table Table => new(new TableIdentifier("test", "scanned"), Metadata, null, IO, catalog: null!);

    /// <summary>Makes a schema the current one.</summary>
    public void Evolve(params NestedField[] fields)
    {
        var schema = new Schema(fields, Metadata.Schemas.Count);
        Metadata = Metadata with { Schemas = [.. Metadata.Schemas, schema], CurrentSchemaId = schema.SchemaId };
    }

    /// <summary>Makes a partition spec the one for new files.</summary>
    public void Partition(PartitionSpec spec) =>
        Metadata = Metadata with { PartitionSpecs = [.. Metadata.PartitionSpecs, spec], DefaultSpecId = spec.SpecId };

    /// <summary>Writes a query's rows, whose columns are the schema's, as a data file.</summary>
    public DataFile Write(string sql, IReadOnlyList<object?>? partition = null)
    {
        var path = $"{Folder}/data/{Guid.NewGuid():N}.parquet";
        using var command = Db.CreateCommand();
        command.CommandText = $"COPY ({sql}) TO '{path}' (FORMAT parquet, FIELD_IDS {{{string.Join(", ", Schema.Fields.Select(f => $"{DuckDbSql.Name(f.Name)}: {FieldIds(f.Id, f.Type)}"))}}}, RETURN_STATS)";
        using var reader = command.ExecuteReader();
        Assert.True(reader.Read());
        return ParquetStatistics.Read(reader).ToDataFile(Schema, $"file://{path}") with { SpecId = Metadata.DefaultSpecId, Partition = partition ?? [] };
    }

    /// <summary>Writes a position delete file.</summary>
    public DataFile WriteDeletes(IEnumerable<(string Path, long Position)> rows, IReadOnlyList<object?>? partition = null, bool bounds = true)
    {
        var path = $"{Folder}/data/{Guid.NewGuid():N}-deletes.parquet";
        var list = rows.ToList();
        LocalTable.Execute(Db, $"COPY (SELECT * FROM (VALUES {string.Join(", ", list.Select(r => $"({DuckDbSql.Text(r.Path)}, {r.Position}::BIGINT)"))}) t(file_path, pos) ORDER BY ALL) TO '{path}' (FORMAT parquet, FIELD_IDS {{file_path: 2147483546, pos: 2147483545}})");
        var paths = list.Select(r => System.Text.Encoding.UTF8.GetBytes(r.Path)).OrderBy(p => Convert.ToHexString(p), StringComparer.Ordinal).ToList();
        return new DataFile
        {
            Content = DataContent.PositionDeletes,
            FilePath = $"file://{path}",
            SpecId = Metadata.DefaultSpecId,
            Partition = partition ?? [],
            RecordCount = list.Count,
            FileSizeInBytes = new FileInfo(path).Length,
            LowerBounds = bounds ? new Dictionary<int, byte[]> { [2147483546] = paths[0] } : null,
            UpperBounds = bounds ? new Dictionary<int, byte[]> { [2147483546] = paths[^1] } : null,
        };
    }

    /// <summary>Adds a snapshot with these files, in a manifest for each kind and spec.</summary>
    public Snapshot Commit(params DataFile[] files)
    {
        var (id, sequence) = (Metadata.LastSequenceNumber + 100, Metadata.LastSequenceNumber + 1);
        foreach (var group in files.GroupBy(f => (f.SpecId, Content: f.Content == DataContent.Data ? ManifestContent.Data : ManifestContent.Deletes)))
        {
            var writer = new ManifestWriter(Metadata.SpecById(group.Key.SpecId), Schema, group.Key.Content, id);
            foreach (var file in group)
                writer.Add(new(EntryStatus.Added, id, null, null, file));
            var path = $"file://{Folder}/{Guid.NewGuid():N}.avro";
            var (content, manifest) = writer.Finish(path);
            File.WriteAllBytes(new Uri(path).LocalPath, content.ToArray());
            manifests.Add(manifest with { SequenceNumber = sequence, MinSequenceNumber = sequence });
        }

        var list = $"file://{Folder}/snap-{id}.avro";
        File.WriteAllBytes(new Uri(list).LocalPath, ManifestList.Write(manifests, id, Metadata.CurrentSnapshotId, sequence).ToArray());
        var snapshot = new Snapshot
        {
            SnapshotId = id,
            ParentSnapshotId = Metadata.CurrentSnapshotId,
            SequenceNumber = sequence,
            TimestampMs = sequence * 1000,
            ManifestList = list,
            SchemaId = Metadata.CurrentSchemaId,
            Summary = new Dictionary<string, string> { ["operation"] = files.All(f => f.Content == DataContent.Data) ? "append" : "overwrite" },
        };
        Metadata = Metadata with { Snapshots = [.. Metadata.Snapshots, snapshot], CurrentSnapshotId = id, LastSequenceNumber = sequence };
        return snapshot;
    }

    /// <summary>What a query, with {0} for the scan, gives: values joined by | and rows by a new line.</summary>
    public async Task<string> QueryAsync(TableScan? of = null, string sql = "SELECT * FROM {0} ORDER BY ALL")
    {
        using var command = Db.CreateCommand();
        var query = string.Format(System.Globalization.CultureInfo.InvariantCulture, sql, await scan.ToSqlAsync(of ?? Table.NewScan(), default));
        command.CommandText = $"SELECT coalesce(string_agg(r::VARCHAR, chr(10)), '') FROM (SELECT concat_ws('|', *COLUMNS(*)) AS r FROM (SELECT coalesce(COLUMNS(*)::VARCHAR, 'null') FROM ({query})))";
        using var reader = command.ExecuteReader();
        return reader.Read() ? reader.GetString(0) : "";
    }

    public Task<string> ToSqlAsync(TableScan of) => scan.ToSqlAsync(of, default);

    public void Dispose()
    {
        Db.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static string FieldIds(int id, IcebergType type) => type switch
    {
        StructType s => $"{{__duckdb_field_id: {id}, {string.Join(", ", s.Fields.Select(f => $"{DuckDbSql.Name(f.Name)}: {FieldIds(f.Id, f.Type)}"))}}}",
        ListType l => $"{{__duckdb_field_id: {id}, element: {FieldIds(l.ElementId, l.Element)}}}",
        MapType m => $"{{__duckdb_field_id: {id}, key: {FieldIds(m.KeyId, m.Key)}, value: {FieldIds(m.ValueId, m.Value)}}}",
        _ => id.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
