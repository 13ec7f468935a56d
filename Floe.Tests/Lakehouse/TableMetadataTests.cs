using System.Text;
using Floe.Lakehouse;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class TableMetadataTests
{
    private const string Version2 = """
        {
          "format-version": 2, "table-uuid": "9c12d441-03fe-4693-9a96-a0705ddf69c1", "location": "s3://bucket/test/location/",
          "last-sequence-number": 34, "last-updated-ms": 1602638573590, "last-column-id": 9,
          "current-schema-id": 1,
          "schemas": [
            {"type": "struct", "schema-id": 0, "fields": [{"id": 1, "name": "x", "required": true, "type": "long"}]},
            {"type": "struct", "schema-id": 1, "identifier-field-ids": [1], "fields": [
              {"id": 1, "name": "x", "required": true, "type": "long"},
              {"id": 2, "name": "y", "required": false, "type": "decimal(9,2)", "doc": "comment"},
              {"id": 3, "name": "s", "required": false, "type": {"type": "struct", "fields": [{"id": 4, "name": "a", "required": false, "type": "fixed[7]"}]}},
              {"id": 5, "name": "l", "required": false, "type": {"type": "list", "element-id": 6, "element-required": true, "element": "string"}},
              {"id": 7, "name": "m", "required": false, "type": {"type": "map", "key-id": 8, "key": "string", "value-id": 9, "value-required": false, "value": "timestamptz"}}]}],
          "default-spec-id": 0,
          "partition-specs": [{"spec-id": 0, "fields": [{"name": "x", "transform": "bucket[16]", "source-id": 1, "field-id": 1000}, {"name": "z", "transform": "zorder", "source-id": 1, "field-id": 1001}]}],
          "last-partition-id": 1001, "default-sort-order-id": 3,
          "sort-orders": [{"order-id": 3, "fields": [{"transform": "identity", "source-id": 2, "direction": "asc", "null-order": "nulls-first"}]}],
          "properties": {"a": "b"}, "current-snapshot-id": 3055729675574597004,
          "snapshots": [
            {"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770, "sequence-number": 0, "summary": {"operation": "append"}, "manifest-list": "s3://a/b/1.avro"},
            {"snapshot-id": 3055729675574597004, "parent-snapshot-id": 3051729675574597004, "timestamp-ms": 1555100955770, "sequence-number": 1, "summary": {"operation": "append", "total-records": "7"}, "manifest-list": "s3://a/b/2.avro", "schema-id": 1}],
          "snapshot-log": [{"snapshot-id": 3051729675574597004, "timestamp-ms": 1515100955770}, {"snapshot-id": 3055729675574597004, "timestamp-ms": 1555100955770}],
          "metadata-log": [{"timestamp-ms": 1515100, "metadata-file": "s3://bucket/.../v1.json"}],
          "refs": {"test": {"snapshot-id": 3051729675574597004, "type": "tag", "max-ref-age-ms": 10000000}}
        }
        """;

    private const string Version1 = """
        {
          "format-version": 1, "location": "s3://bucket/test/location", "last-updated-ms": 1602638573874, "last-column-id": 2,
          "schema": {"type": "struct", "fields": [{"id": 1, "name": "x", "required": true, "type": "long"}, {"id": 2, "name": "y", "required": true, "type": "date"}]},
          "partition-spec": [{"name": "x", "transform": "identity", "source-id": 1}, {"name": "y_month", "transform": "month", "source-id": 2}],
          "properties": {}, "current-snapshot-id": -1, "snapshots": [{"snapshot-id": 1, "timestamp-ms": 1, "manifests": ["s3://b/m1.avro", "s3://b/m2.avro"]}]
        }
        """;

    [Fact]
    public void Version_2_is_read()
    {
        var table = Parse(Version2);

        Assert.Equal((2, Guid.Parse("9c12d441-03fe-4693-9a96-a0705ddf69c1"), "s3://bucket/test/location", 34L), (table.FormatVersion, table.TableUuid, table.Location, table.LastSequenceNumber));
        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8, 9], table.Schema.AllFields.Select(f => f.Id));
        Assert.Equal("decimal(9, 2)", table.Schema.FindField("y")!.Type.ToString());
        Assert.Equal(PrimitiveType.Fixed(7), table.Schema.FindField(4)!.Type);
        Assert.Equal(new Transform(TransformKind.Bucket, 16, "bucket[16]"), table.PartitionSpec.Fields[0].Transform);
        Assert.Equal((TransformKind.Unknown, "zorder"), (table.PartitionSpec.Fields[1].Transform.Kind, table.PartitionSpec.Fields[1].Transform.Text));
        Assert.Equal((3055729675574597004, "7"), (table.CurrentSnapshot!.SnapshotId, table.CurrentSnapshot.Summary["total-records"]));
        Assert.Equal(3051729675574597004, table.SnapshotAsOf(DateTimeOffset.FromUnixTimeMilliseconds(1555100955769))!.SnapshotId);
        Assert.Null(table.SnapshotAsOf(DateTimeOffset.UnixEpoch));
        Assert.Equal(new SnapshotRef(3051729675574597004, "tag", MaxRefAgeMs: 10000000), table.Refs["test"]);
        Assert.Equal(new SnapshotRef(3055729675574597004, "branch"), table.Refs["main"]);
        Assert.Throws<ValidationException>(() => table.SnapshotById(5));
    }

    [Fact]
    public void Version_1_is_read()
    {
        var table = Parse(Version1);

        Assert.Equal((1, 0L, 1001), (table.FormatVersion, table.LastSequenceNumber, table.LastPartitionId));
        Assert.Null(table.CurrentSnapshot);
        Assert.Equal([(1000, "x"), (1001, "y_month")], table.PartitionSpec.Fields.Select(f => (f.FieldId, f.Name)));
        Assert.Equal(["s3://b/m1.avro", "s3://b/m2.avro"], table.Snapshots[0].Manifests);
    }

    [Theory]
    [InlineData("\"format-version\": 2", "\"format-version\": 4", typeof(UnsupportedFormatException), "format-version 4")]
    [InlineData("\"last-column-id\": 9,", "", typeof(CorruptFileException), "'last-column-id'")]
    [InlineData("\"last-column-id\": 9,", "\"last-column-id\": \"9\",", typeof(CorruptFileException), "'last-column-id'")]
    [InlineData("\"current-schema-id\": 1", "\"current-schema-id\": 8", typeof(CorruptFileException), "'current-schema-id'")]
    [InlineData("\"current-snapshot-id\": 3055729675574597004", "\"current-snapshot-id\": 5", typeof(CorruptFileException), "'current-snapshot-id'")]
    [InlineData("{\"id\": 2, \"name\": \"y\"", "{\"id\": 1, \"name\": \"y\"", typeof(CorruptFileException), "field id 1")]
    [InlineData("decimal(9,2)", "decimal(39,2)", typeof(CorruptFileException), "decimal(39, 2)")]
    [InlineData("\"a\": \"b\"", "\"a\": 1", typeof(CorruptFileException), "'properties.a'")]
    [InlineData("\"a\": \"b\"}", "\"a\": ", typeof(CorruptFileException), "not valid JSON")]
    public void Bad_metadata_is_a_typed_error_that_names_file_and_field(string from, string to, Type error, string names)
    {
        var json = Version2.Replace(from, to);
        Assert.NotEqual(Version2, json);

        var e = Assert.Throws(error, () => Parse(json));

        Assert.Contains("s3://bucket/v3.metadata.json", e.Message);
        Assert.Contains(names, e.Message);
    }

    [Fact]
    public void The_contracts_tables_become_schemas_with_their_ids()
    {
        foreach (var table in Shop.Tables)
        {
            var schema = Schema.FromContract(table);
            Assert.Equal(table.Columns.Select(c => (c.FieldId, c.Name, c.Type, c.Required)), schema.Fields.Select(f => (f.Id, f.Name, f.Type.ToString(), f.Required)));
            Assert.Equal([table.Column(table.Key).FieldId], schema.IdentifierFieldIds);
        }
    }

    private static TableMetadata Parse(string json) => TableMetadata.Parse(Encoding.UTF8.GetBytes(json), "s3://bucket/v3.metadata.json");
}
