using System.Text;
using System.Text.Json;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>The Avro schemas of manifests and manifest lists, version 2, with every field id (specification, "Manifests", "Manifest Lists", appendix A).</summary>
internal static class ManifestSchemas
{
    /// <summary>Schema of a manifest list.</summary>
    public static string ManifestList { get; } = SchemaJson.Text(json =>
    {
        using var record = new AvroJson(json, "manifest_file");
        record.Field("manifest_path", 500, "string");
        record.Field("manifest_length", 501, "long");
        record.Field("partition_spec_id", 502, "int");
        record.Field("content", 517, "int");
        record.Field("sequence_number", 515, "long");
        record.Field("min_sequence_number", 516, "long");
        record.Field("added_snapshot_id", 503, "long");
        record.Field("added_files_count", 504, "int");
        record.Field("existing_files_count", 505, "int");
        record.Field("deleted_files_count", 506, "int");
        record.Field("added_rows_count", 512, "long");
        record.Field("existing_rows_count", 513, "long");
        record.Field("deleted_rows_count", 514, "long");
        record.Optional("partitions", 507, () => AvroJson.Array(json, 508, () =>
        {
            using var summary = new AvroJson(json, "r508");
            summary.Field("contains_null", 509, "boolean");
            summary.Optional("contains_nan", 518, () => json.WriteStringValue("boolean"));
            summary.Optional("lower_bound", 510, () => json.WriteStringValue("bytes"));
            summary.Optional("upper_bound", 511, () => json.WriteStringValue("bytes"));
        }));
        record.Optional("key_metadata", 519, () => json.WriteStringValue("bytes"));
    });

    /// <summary>Schema of a manifest whose files have partition values of this spec.</summary>
    public static string Manifest(PartitionSpec spec, IReadOnlyList<PrimitiveType> partitionTypes) => SchemaJson.Text(json =>
    {
        using var entry = new AvroJson(json, "manifest_entry");
        entry.Field("status", 0, "int");
        entry.Optional("snapshot_id", 1, () => json.WriteStringValue("long"));
        entry.Optional("sequence_number", 3, () => json.WriteStringValue("long"));
        entry.Optional("file_sequence_number", 4, () => json.WriteStringValue("long"));
        entry.Field("data_file", 2, () =>
        {
            using var file = new AvroJson(json, "r2");
            file.Field("content", 134, "int");
            file.Field("file_path", 100, "string");
            file.Field("file_format", 101, "string");
            file.Field("partition", 102, () => Partition(json, spec, partitionTypes));
            file.Field("record_count", 103, "long");
            file.Field("file_size_in_bytes", 104, "long");
            file.Optional("column_sizes", 108, () => AvroJson.IntMap(json, 117, 118, "long"));
            file.Optional("value_counts", 109, () => AvroJson.IntMap(json, 119, 120, "long"));
            file.Optional("null_value_counts", 110, () => AvroJson.IntMap(json, 121, 122, "long"));
            file.Optional("nan_value_counts", 137, () => AvroJson.IntMap(json, 138, 139, "long"));
            file.Optional("lower_bounds", 125, () => AvroJson.IntMap(json, 126, 127, "bytes"));
            file.Optional("upper_bounds", 128, () => AvroJson.IntMap(json, 129, 130, "bytes"));
            file.Optional("key_metadata", 131, () => json.WriteStringValue("bytes"));
            file.Optional("split_offsets", 132, () => AvroJson.Array(json, 133, () => json.WriteStringValue("long")));
            file.Optional("equality_ids", 135, () => AvroJson.Array(json, 136, () => json.WriteStringValue("int")));
            file.Optional("sort_order_id", 140, () => json.WriteStringValue("int"));
        });
    });

    private static void Partition(Utf8JsonWriter json, PartitionSpec spec, IReadOnlyList<PrimitiveType> types)
    {
        // Avro defines a named type (fixed) once; later uses are by name.
        var defined = new HashSet<string>(StringComparer.Ordinal);
        using var record = new AvroJson(json, "r102");
        for (var i = 0; i < spec.Fields.Count; i++)
        {
            var type = types[i];
            record.Optional(AvroName(spec.Fields[i].Name), spec.Fields[i].FieldId, () => PartitionType(json, type, defined));
        }
    }

    private static void PartitionType(Utf8JsonWriter json, PrimitiveType type, HashSet<string> defined)
    {
        switch (type.Kind)
        {
            case PrimitiveKind.Date:
                Logical("int", "date");
                break;
            case PrimitiveKind.Time:
                Logical("long", "time-micros");
                break;
            case PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz:
                Logical("long", "timestamp-micros", () => json.WriteBoolean("adjust-to-utc", type.Kind == PrimitiveKind.TimestampTz));
                break;
            case PrimitiveKind.Uuid:
                Fixed("uuid_fixed", 16, () => json.WriteString("logicalType", "uuid"));
                break;
            case PrimitiveKind.Fixed:
                Fixed($"fixed_{type.Length}", type.Length);
                break;
            case PrimitiveKind.Decimal:
                Fixed($"decimal_{type.Precision}_{type.Scale}", DecimalBytes(type.Precision), () =>
                {
                    json.WriteString("logicalType", "decimal");
                    json.WriteNumber("precision", type.Precision);
                    json.WriteNumber("scale", type.Scale);
                });
                break;
            case PrimitiveKind.Binary:
                json.WriteStringValue("bytes");
                break;
            default:
                json.WriteStringValue(type.ToString());
                break;
        }

        void Logical(string avro, string logical, Action? more = null)
        {
            json.WriteStartObject();
            json.WriteString("type", avro);
            json.WriteString("logicalType", logical);
            more?.Invoke();
            json.WriteEndObject();
        }

        void Fixed(string name, int size, Action? more = null)
        {
            if (!defined.Add(name))
            {
                json.WriteStringValue(name);
                return;
            }

            json.WriteStartObject();
            json.WriteString("type", "fixed");
            json.WriteString("name", name);
            json.WriteNumber("size", size);
            more?.Invoke();
            json.WriteEndObject();
        }
    }

    /// <summary>Least bytes that hold every unscaled value of this many digits.</summary>
    public static int DecimalBytes(int precision) => (System.Numerics.BigInteger.Pow(10, precision) - 1).GetByteCount();

    /// <summary>A name that Avro allows: letters, digits and underscores; other characters are written as _x and their hex code.</summary>
    private static string AvroName(string name)
    {
        if (name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return name;
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetter(c) || c == '_' || (char.IsAsciiDigit(c) && text.Length > 0))
                text.Append(c);
            else
                text.Append(char.IsAsciiDigit(c) ? $"_{c}" : $"_x{(int)c:X}");
        }

        return text.ToString();
    }
}
