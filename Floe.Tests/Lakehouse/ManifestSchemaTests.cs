using System.Text.Json;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>The Avro schemas carry every id of the specification. No reader that runs here notices a missing one; Spark, Trino and DuckDB do.</summary>
public sealed class ManifestSchemaTests
{
    // Specification, "Manifests": field -> id; "*" marks fields whose type is a union with null first.
    private static readonly Dictionary<string, int> s_manifest = new()
    {
        ["status"] = 0, ["snapshot_id*"] = 1, ["sequence_number*"] = 3, ["file_sequence_number*"] = 4, ["data_file"] = 2,
        ["data_file.content"] = 134, ["data_file.file_path"] = 100, ["data_file.file_format"] = 101, ["data_file.partition"] = 102,
        ["data_file.partition.month*"] = 1000, ["data_file.partition.amount*"] = 1001,
        ["data_file.record_count"] = 103, ["data_file.file_size_in_bytes"] = 104,
        ["data_file.column_sizes*"] = 108, ["data_file.column_sizes.key"] = 117, ["data_file.column_sizes.value"] = 118,
        ["data_file.value_counts*"] = 109, ["data_file.value_counts.key"] = 119, ["data_file.value_counts.value"] = 120,
        ["data_file.null_value_counts*"] = 110, ["data_file.null_value_counts.key"] = 121, ["data_file.null_value_counts.value"] = 122,
        ["data_file.nan_value_counts*"] = 137, ["data_file.nan_value_counts.key"] = 138, ["data_file.nan_value_counts.value"] = 139,
        ["data_file.lower_bounds*"] = 125, ["data_file.lower_bounds.key"] = 126, ["data_file.lower_bounds.value"] = 127,
        ["data_file.upper_bounds*"] = 128, ["data_file.upper_bounds.key"] = 129, ["data_file.upper_bounds.value"] = 130,
        ["data_file.key_metadata*"] = 131, ["data_file.split_offsets*"] = 132, ["data_file.split_offsets[]"] = 133,
        ["data_file.equality_ids*"] = 135, ["data_file.equality_ids[]"] = 136, ["data_file.sort_order_id*"] = 140,
    };

    // Specification, "Manifest Lists".
    private static readonly Dictionary<string, int> s_list = new()
    {
        ["manifest_path"] = 500, ["manifest_length"] = 501, ["partition_spec_id"] = 502, ["content"] = 517, ["sequence_number"] = 515,
        ["min_sequence_number"] = 516, ["added_snapshot_id"] = 503, ["added_files_count"] = 504, ["existing_files_count"] = 505,
        ["deleted_files_count"] = 506, ["added_rows_count"] = 512, ["existing_rows_count"] = 513, ["deleted_rows_count"] = 514,
        ["partitions*"] = 507, ["partitions[]"] = 508, ["partitions.contains_null"] = 509, ["partitions.contains_nan*"] = 518,
        ["partitions.lower_bound*"] = 510, ["partitions.upper_bound*"] = 511, ["key_metadata*"] = 519,
    };

    [Fact]
    public void A_manifest_has_every_field_id()
    {
        var spec = new PartitionSpec(3, [new(1, 1000, "month", Transform.Month), new(2, 1001, "amount", Transform.Identity)]);
        var schema = new Schema([new(1, "at", PrimitiveType.TimestampTz, true), new(2, "amount", PrimitiveType.Decimal(12, 2), false)]);
        var (bytes, _) = new ManifestWriter(spec, schema, ManifestContent.Data, 1).Finish("m");

        Assert.Equal(Sorted(s_manifest), Sorted(Ids(Header(bytes, "avro.schema"))));
    }

    [Fact]
    public void A_manifest_list_has_every_field_id() =>
        Assert.Equal(Sorted(s_list), Sorted(Ids(Header(ManifestList.Write([], 1, null, 1), "avro.schema"))));

    [Fact]
    public void The_headers_are_those_of_the_specification()
    {
        var spec = new PartitionSpec(3, [new(1, 1000, "month", Transform.Month)]);
        var schema = new Schema([new(1, "at", PrimitiveType.TimestampTz, true)], schemaId: 5);
        var (manifest, _) = new ManifestWriter(spec, schema, ManifestContent.Deletes, 1).Finish("m");
        var list = ManifestList.Write([], 7, null, 9);

        Assert.Equal("3", Header(manifest, "partition-spec-id"));
        Assert.Equal("5", Header(manifest, "schema-id"));
        Assert.Equal("2", Header(manifest, "format-version"));
        Assert.Equal("deletes", Header(manifest, "content"));
        Assert.Equal("""[{"name":"month","transform":"month","source-id":1,"field-id":1000}]""", Header(manifest, "partition-spec"));
        Assert.Equal("""{"type":"struct","schema-id":5,"fields":[{"id":1,"name":"at","required":true,"type":"timestamptz"}]}""", Header(manifest, "schema"));
        Assert.Equal(("7", "null", "9", "2"), (Header(list, "snapshot-id"), Header(list, "parent-snapshot-id"), Header(list, "sequence-number"), Header(list, "format-version")));
    }

    private static string Header(ReadOnlyMemory<byte> file, string key) => Floe.Lakehouse.Avro.AvroContainer.Read(file, "test").Text(key)!;

    private static IEnumerable<KeyValuePair<string, int>> Sorted(Dictionary<string, int> ids) => ids.OrderBy(p => p.Key, StringComparer.Ordinal);

    private static Dictionary<string, int> Ids(string schema)
    {
        var ids = new Dictionary<string, int>();
        using var json = JsonDocument.Parse(schema);
        Walk(json.RootElement, "", ids);
        return ids;
    }

    // Walks the JSON itself, not the library's own view of it.
    private static void Walk(JsonElement type, string path, Dictionary<string, int> ids)
    {
        if (type.ValueKind == JsonValueKind.Array)
        {
            foreach (var branch in type.EnumerateArray())
                Walk(branch, path, ids);
        }

        if (type.ValueKind != JsonValueKind.Object)
            return;
        switch (type.GetProperty("type").GetString())
        {
            case "record":
                foreach (var field in type.GetProperty("fields").EnumerateArray())
                {
                    var name = path + field.GetProperty("name").GetString();
                    var fieldType = field.GetProperty("type");
                    var optional = fieldType.ValueKind == JsonValueKind.Array;
                    if (optional)
                        Assert.Equal(("null", JsonValueKind.Null), (fieldType[0].GetString(), field.GetProperty("default").ValueKind));
                    ids.Add(name + (optional ? "*" : ""), field.GetProperty("field-id").GetInt32());
                    Walk(fieldType, name + ".", ids);
                }

                break;
            case "array":
                var isMap = type.TryGetProperty("logicalType", out var logical) && logical.GetString() == "map";
                if (!isMap)
                    ids.Add(path.TrimEnd('.') + "[]", type.GetProperty("element-id").GetInt32());
                Walk(type.GetProperty("items"), path, ids);
                break;
        }
    }
}
