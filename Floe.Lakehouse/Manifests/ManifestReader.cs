using System.Text.Json;
using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Reads manifests of versions 1 and 2 (specification, "Manifests").</summary>
public static class ManifestReader
{
    /// <summary>The entries of a manifest, inherited values filled in ("Manifest Inheritance").</summary>
    /// <param name="content">Bytes of the manifest.</param>
    /// <param name="manifest">What the manifest list says of it.</param>
    /// <param name="metadata">The table.</param>
    /// <exception cref="CorruptFileException">Not a manifest.</exception>
    public static IReadOnlyList<ManifestEntry> Read(ReadOnlyMemory<byte> content, ManifestFile manifest, TableMetadata metadata)
    {
        var location = manifest.ManifestPath;
        var avro = AvroContainer.Read(content, location);
        var spec = metadata.SpecById(manifest.PartitionSpecId);
        var types = PartitionTypes(spec, metadata.Schema, WrittenSchema(avro, location));
        var version1 = avro.Text("format-version") is null or "1";

        var entries = new ManifestEntry[avro.Records.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            try
            {
                entries[i] = Entry(avro.Record(i), manifest, spec, types, version1);
            }
            catch (InvalidCastException e)
            {
                throw new CorruptFileException(location, $"entry {i} is not a manifest entry: {e.Message}", e);
            }
        }

        return entries;
    }

    /// <summary>Values come in the types of today, to which a source column may have been widened since. One that was dropped since is still in the header.</summary>
    private static IReadOnlyList<PrimitiveType> PartitionTypes(PartitionSpec spec, Schema now, Schema? written)
    {
        var (types, then) = (spec.ResultTypes(now), written is null ? null : spec.ResultTypes(written));
        return then is null ? types : [.. types.Select((type, i) => now.FindField(spec.Fields[i].SourceId) is null ? then[i] : type)];
    }

    private static Schema? WrittenSchema(AvroContainer avro, string location)
    {
        if (avro.Text("schema") is not { } text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return SchemaJson.ReadSchema(new JsonFields(document.RootElement, location, "the schema in the manifest's header"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CorruptFileException(location, $"the schema in its header is not valid JSON ({e.Message})", e);
        }
    }

    private static ManifestEntry Entry(AvroRecord record, ManifestFile manifest, PartitionSpec spec, IReadOnlyList<PrimitiveType> types, bool version1)
    {
        var status = (EntryStatus)record.Need<int>(0, "status");
        if (!Enum.IsDefined(status))
            throw new InvalidCastException($"The status is {(int)status}; known are 0 to 2.");
        var sequence = (long?)record.Get(3, "sequence_number");
        var fileSequence = (long?)record.Get(4, "file_sequence_number");
        if (version1)
            (sequence, fileSequence) = (0, 0);
        else if (status == EntryStatus.Added)
            (sequence, fileSequence) = (sequence ?? manifest.SequenceNumber, fileSequence ?? manifest.SequenceNumber);
        return new ManifestEntry(
            status,
            (long?)record.Get(1, "snapshot_id") ?? manifest.AddedSnapshotId,
            sequence,
            fileSequence,
            File(record.Need<AvroRecord>(2, "data_file"), spec, types));
    }

    private static DataFile File(AvroRecord record, PartitionSpec spec, IReadOnlyList<PrimitiveType> types)
    {
        var partition = record.Need<AvroRecord>(102, "partition");
        return new DataFile
        {
            Content = Content((int?)record.Get(134, "content") ?? 0),
            FilePath = record.Need<string>(100, "file_path"),
            FileFormat = record.Need<string>(101, "file_format").ToUpperInvariant(),
            SpecId = spec.SpecId,
            Partition = [.. spec.Fields.Select((f, i) => PartitionValue.Decode(types[i], partition.Get(f.FieldId, f.Name)))],
            RecordCount = NotNegative(record.Need<long>(103, "record_count"), "record_count"),
            FileSizeInBytes = NotNegative(record.Need<long>(104, "file_size_in_bytes"), "file_size_in_bytes"),
            ColumnSizes = Map<long>(record.Get(108, "column_sizes")),
            ValueCounts = Map<long>(record.Get(109, "value_counts")),
            NullValueCounts = Map<long>(record.Get(110, "null_value_counts")),
            NanValueCounts = Map<long>(record.Get(137, "nan_value_counts")),
            LowerBounds = Map<byte[]>(record.Get(125, "lower_bounds")),
            UpperBounds = Map<byte[]>(record.Get(128, "upper_bounds")),
            KeyMetadata = (byte[]?)record.Get(131, "key_metadata"),
            SplitOffsets = List<long>(record.Get(132, "split_offsets")),
            EqualityIds = List<int>(record.Get(135, "equality_ids")),
            ReferencedDataFile = (string?)record.Get(143, "referenced_data_file"),
            SortOrderId = (int?)record.Get(140, "sort_order_id"),
        };
    }

    private static DataContent Content(int number) =>
        Enum.IsDefined((DataContent)number) ? (DataContent)number : throw new InvalidCastException($"The content is {number}; known are 0 to 2.");

    private static long NotNegative(long number, string name) => number >= 0 ? number : throw new InvalidCastException($"The {name} is {number}, below 0.");

    private static Dictionary<int, T>? Map<T>(object? value)
    {
        if (value is not object?[] entries)
            return null;
        var map = new Dictionary<int, T>(entries.Length);
        foreach (var entry in entries)
        {
            // An int-keyed map is an array of records with exactly key and value.
            map[entry is AvroRecord { Values: [int key, _] } ? key : throw new InvalidCastException("A map has an entry that is not a record of a number and a value.")] =
                ((AvroRecord)entry).Values[1] is T item ? item : throw new InvalidCastException($"A map has an entry whose value is not a {typeof(T).Name}.");
        }

        return map;
    }

    private static IReadOnlyList<T>? List<T>(object? value) => value is object?[] items ? [.. items.Select(i => i is T item ? item : throw new InvalidCastException($"A list has an item that is not a {typeof(T).Name}."))] : null;
}
