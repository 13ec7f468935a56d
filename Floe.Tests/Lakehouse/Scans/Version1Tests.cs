using System.Text;
using System.Text.Json;
using Floe.Lakehouse;
using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Xunit;
using static Floe.Lakehouse.Expressions.Expression;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>Tables of format version 1, put together here after the specification: no sequence numbers, no content, other names in old lists.</summary>
public sealed class Version1Tests : IDisposable
{
    private const string Counts = """["null", {"type": "array", "logicalType": "map", "items": {"type": "record", "name": "NAME", "fields": [{"name": "key", "type": "int"IDK}, {"name": "value", "type": "VALUE"IDV}]}}]""";

    private readonly ScanTable table = new(
        new Schema([new(1, "id", PrimitiveType.Long, true), new(2, "day", PrimitiveType.Date, false)]),
        new PartitionSpec(0, [new(2, 1000, "day", Transform.Identity)]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Version_1_tables_are_read_and_pruned(bool fieldIds)
    {
        var files = Enumerable.Range(0, 4).Select(i => table.Write($"SELECT i::BIGINT AS id, DATE '1970-01-01' + {i} AS day FROM range({i * 10}, {(i + 1) * 10}) t(i)", [i])).ToList();
        var manifests = files.Chunk(2).Select(f => Manifest(f, fieldIds)).ToList();
        table.Metadata = Metadata(ManifestList(manifests), manifests);

        Assert.Equal((1, 0L, 2), (table.Metadata.FormatVersion, table.Metadata.CurrentSnapshot!.SequenceNumber, table.Metadata.Snapshots.Count));
        foreach (var snapshot in new[] { 11L, 12L })
        {
            var scan = table.Table.NewScan().UseSnapshot(snapshot);
            var plan = await scan.PlanAsync(default);
            Assert.Equal(files.Select(f => f.FilePath), plan.Files.Select(f => f.FilePath));
            Assert.All(plan.Entries, e => Assert.Equal((0L, 0L, 11L, DataContent.Data), (e.SequenceNumber, e.FileSequenceNumber, e.SnapshotId, e.DataFile.Content)));
            Assert.Equal("40|780", await table.QueryAsync(scan, "SELECT count(*), sum(id) FROM {0}"));

            var filtered = scan.Filter(And(GreaterThanOrEqual("day", new DateOnly(1970, 1, 3)), LessThan("id", 30)));
            Assert.Equal([files[2].FilePath], (await filtered.PlanAsync(default)).Files.Select(f => f.FilePath));
            Assert.Equal("10|245", await table.QueryAsync(filtered, "SELECT count(*), sum(id) FROM {0}"));
        }

        // Only a manifest list knows of whole manifests.
        Assert.Equal(1, (await table.Table.NewScan().UseSnapshot(12).Filter(Equal("day", "1970-01-04")).PlanAsync(default)).Metrics.SkippedManifests);
        Assert.Equal(0, (await table.Table.NewScan().UseSnapshot(11).Filter(Equal("day", "1970-01-04")).PlanAsync(default)).Metrics.SkippedManifests);
    }

    [Fact]
    public async Task Version_1_tables_are_not_written()
    {
        var file = table.Write("SELECT 1::BIGINT AS id, DATE '1970-01-01' AS day", [0]);
        var manifest = Manifest([file], fieldIds: true);
        table.Metadata = Metadata(ManifestList([manifest]), [manifest]);

        var e = await Assert.ThrowsAsync<UnsupportedFormatException>(() => table.Table.NewTransaction().Append([file with { FilePath = $"{file.FilePath}.copy" }]).PrepareAsync(default));

        Assert.Contains("format version 1", e.Message);
    }

    public void Dispose() => table.Dispose();

    private TableMetadata Metadata(string list, IEnumerable<(string Path, int Length, int First, int Last)> manifests) => TableMetadata.Parse(
        Encoding.UTF8.GetBytes($$"""
            {
              "format-version": 1, "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1", "location": "file://{{table.Folder}}", "last-updated-ms": 2, "last-column-id": 2,
              "schema": {"type": "struct", "fields": [{"id": 1, "name": "id", "required": true, "type": "long"}, {"id": 2, "name": "day", "required": false, "type": "date"}]},
              "partition-spec": [{"name": "day", "transform": "identity", "source-id": 2, "field-id": 1000}],
              "properties": {}, "current-snapshot-id": 12,
              "snapshots": [
                {"snapshot-id": 11, "timestamp-ms": 1, "manifests": {{JsonSerializer.Serialize(manifests.Select(m => m.Path))}}},
                {"snapshot-id": 12, "timestamp-ms": 2, "parent-snapshot-id": 11, "manifest-list": {{JsonSerializer.Serialize(list)}} }]
            }
            """),
        "v1.metadata.json");

    private (string Path, int Length, int First, int Last) Manifest(IReadOnlyList<DataFile> files, bool fieldIds)
    {
        string Id(int id) => fieldIds ? $", \"field-id\": {id}" : "";
        string Map(int key, int value, string type) => Counts.Replace("NAME", $"k{key}_v{value}").Replace("IDK", Id(key)).Replace("IDV", Id(value)).Replace("VALUE", type);
        var schema = $$"""
            {"type": "record", "name": "manifest_entry", "fields": [
              {"name": "status", "type": "int"{{Id(0)}}},
              {"name": "snapshot_id", "type": ["null", "long"], "default": null{{Id(1)}}},
              {"name": "data_file", "type": {"type": "record", "name": "r2", "fields": [
                {"name": "file_path", "type": "string"{{Id(100)}}},
                {"name": "file_format", "type": "string"{{Id(101)}}},
                {"name": "partition", "type": {"type": "record", "name": "r102", "fields": [{"name": "day", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null{{Id(1000)}}}]}{{Id(102)}}},
                {"name": "record_count", "type": "long"{{Id(103)}}},
                {"name": "file_size_in_bytes", "type": "long"{{Id(104)}}},
                {"name": "block_size_in_bytes", "type": "long"{{Id(105)}}},
                {"name": "sort_columns", "type": ["null", {"type": "array", "items": "int"}], "default": null{{Id(107)}}},
                {"name": "lower_bounds", "type": {{Map(126, 127, "bytes")}}, "default": null{{Id(125)}}},
                {"name": "upper_bounds", "type": {{Map(129, 130, "bytes")}}, "default": null{{Id(128)}}}]}{{Id(2)}}}]}
            """;
        KeyValuePair<string, string>[] header =
        [
            new("schema", """{"type": "struct", "fields": [{"id": 1, "name": "id", "required": true, "type": "long"}, {"id": 2, "name": "day", "required": false, "type": "date"}]}"""),
            new("partition-spec", """[{"name": "day", "transform": "identity", "source-id": 2, "field-id": 1000}]"""),
        ];
        var writer = new AvroContainerWriter(schema, fieldIds ? [.. header, new("format-version", "1"), new("partition-spec-id", "0")] : header);
        foreach (var file in files)
        {
            writer.Add(file, static (avro, file) =>
            {
                avro.Int(1);
                avro.Optional(true);
                avro.Long(11);
                avro.String(file.FilePath);
                avro.String("parquet");
                avro.Optional(true);
                avro.Int((int)file.Partition[0]!);
                avro.Long(file.RecordCount);
                avro.Long(file.FileSizeInBytes);
                avro.Long(64 << 20);
                avro.Optional(true);
                avro.Long(1);
                avro.Int(1);
                avro.Long(0);
                Bound(avro, file.LowerBounds![1]);
                Bound(avro, file.UpperBounds![1]);
            });
        }

        var path = Save(writer);
        return (path, (int)new FileInfo(new Uri(path).LocalPath).Length, (int)files[0].Partition[0]!, (int)files[^1].Partition[0]!);

        static void Bound(AvroEncoder avro, byte[] value)
        {
            avro.Optional(true);
            avro.Long(1);
            avro.Int(1);
            avro.Bytes(value);
            avro.Long(0);
        }
    }

    private string ManifestList(IEnumerable<(string Path, int Length, int First, int Last)> manifests)
    {
        const string Schema = """
            {"type": "record", "name": "manifest_file", "fields": [
              {"name": "manifest_path", "type": "string", "field-id": 500}, {"name": "manifest_length", "type": "long", "field-id": 501}, {"name": "partition_spec_id", "type": "int", "field-id": 502},
              {"name": "added_snapshot_id", "type": ["null", "long"], "default": null, "field-id": 503},
              {"name": "added_data_files_count", "type": ["null", "int"], "default": null, "field-id": 504},
              {"name": "partitions", "type": ["null", {"type": "array", "element-id": 508, "items": {"type": "record", "name": "r508", "fields": [
                {"name": "contains_null", "type": "boolean", "field-id": 509}, {"name": "lower_bound", "type": ["null", "bytes"], "default": null, "field-id": 510}, {"name": "upper_bound", "type": ["null", "bytes"], "default": null, "field-id": 511}]}}], "default": null, "field-id": 507}]}
            """;
        var writer = new AvroContainerWriter(Schema, []);
        foreach (var manifest in manifests)
        {
            writer.Add(manifest, static (avro, m) =>
            {
                avro.String(m.Path);
                avro.Long(m.Length);
                avro.Int(0);
                avro.Optional(true);
                avro.Long(11);
                avro.Optional(false);
                avro.Optional(true);
                avro.Long(1);
                avro.Boolean(false);
                avro.Optional(true);
                avro.Bytes(BitConverter.GetBytes(m.First));
                avro.Optional(true);
                avro.Bytes(BitConverter.GetBytes(m.Last));
                avro.Long(0);
            });
        }

        return Save(writer);
    }

    private string Save(AvroContainerWriter writer)
    {
        var path = $"{table.Folder}/{Guid.NewGuid():N}.avro";
        File.WriteAllBytes(path, writer.Finish().ToArray());
        return $"file://{path}";
    }
}
