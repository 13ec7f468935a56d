using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Writes a manifest of format version 2 (specification, "Manifests").</summary>
public sealed class ManifestWriter
{
    /// <summary>Sequence number of a manifest that gets it from the commit that adds it.</summary>
    internal const long Unassigned = -1;

    private readonly PartitionSpec spec;
    private readonly IReadOnlyList<PrimitiveType> partitionTypes;
    private readonly ManifestContent content;
    private readonly long snapshotId;
    private readonly AvroContainerWriter file;
    private readonly PartitionSummary summary;
    private readonly int[] files = new int[3];
    private readonly long[] rows = new long[3];
    private long? leastSequenceNumber;

    /// <summary>A writer for files of this spec.</summary>
    /// <param name="spec">Partition spec of the files.</param>
    /// <param name="schema">The table's schema, kept in the header.</param>
    /// <param name="content">Data or delete files.</param>
    /// <param name="snapshotId">Snapshot that adds the manifest.</param>
    public ManifestWriter(PartitionSpec spec, Schema schema, ManifestContent content, long snapshotId)
    {
        (this.spec, this.content, this.snapshotId) = (spec, content, snapshotId);
        partitionTypes = spec.ResultTypes(schema);
        summary = new PartitionSummary(partitionTypes);
        file = new AvroContainerWriter(
            ManifestSchemas.Manifest(spec, partitionTypes),
            [
                new("schema", SchemaJson.Text(json => SchemaJson.Write(json, schema))),
                new("schema-id", Text(schema.SchemaId)),
                new("partition-spec", SchemaJson.Text(json => SchemaJson.WriteSpecFields(json, spec))),
                new("partition-spec-id", Text(spec.SpecId)),
                new("format-version", "2"),
                new("content", content == ManifestContent.Data ? "data" : "deletes"),
            ]);
    }

    /// <summary>Entries so far.</summary>
    public int Count => files[0] + files[1] + files[2];

    /// <summary>Adds an entry. The sequence numbers of an ADDED entry are null (they are inherited from the manifest list); those of EXISTING and
    /// DELETED entries must be given.</summary>
    /// <exception cref="ValidationException">Sequence numbers are missing, or the partition values do not fit the spec.</exception>
    public void Add(ManifestEntry entry)
    {
        if (entry.Status != EntryStatus.Added && (entry.SequenceNumber is null || entry.FileSequenceNumber is null))
            throw new ValidationException($"The {entry.Status} entry of '{entry.DataFile.FilePath}' needs its sequence numbers: only ADDED entries inherit them.");
        if (entry.DataFile.Partition.Count != spec.Fields.Count)
            throw new ValidationException($"The file '{entry.DataFile.FilePath}' has {entry.DataFile.Partition.Count} partition values; the partition spec {spec.SpecId} has {spec.Fields.Count} fields.");

        file.Add(entry, Encode);
        files[(int)entry.Status]++;
        rows[(int)entry.Status] += entry.DataFile.RecordCount;
        summary.Add(entry.DataFile.Partition);
        if (entry is { IsLive: true, SequenceNumber: { } sequence })
            leastSequenceNumber = Math.Min(sequence, leastSequenceNumber ?? long.MaxValue);
    }

    /// <summary>Ends the manifest.</summary>
    /// <param name="path">Location that the bytes will be written to.</param>
    /// <returns>The bytes, and the manifest list's description of them without sequence numbers, which the commit gives.</returns>
    public (ReadOnlyMemory<byte> Content, ManifestFile Manifest) Finish(string path)
    {
        var bytes = file.Finish();
        return (bytes, new ManifestFile
        {
            ManifestPath = path,
            ManifestLength = bytes.Length,
            PartitionSpecId = spec.SpecId,
            Content = content,
            SequenceNumber = Unassigned,
            MinSequenceNumber = leastSequenceNumber ?? Unassigned,
            AddedSnapshotId = snapshotId,
            AddedFilesCount = files[(int)EntryStatus.Added],
            ExistingFilesCount = files[(int)EntryStatus.Existing],
            DeletedFilesCount = files[(int)EntryStatus.Deleted],
            AddedRowsCount = rows[(int)EntryStatus.Added],
            ExistingRowsCount = rows[(int)EntryStatus.Existing],
            DeletedRowsCount = rows[(int)EntryStatus.Deleted],
            Partitions = summary.Finish(),
        });
    }

    private static string Text(int n) => n.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private void Encode(AvroEncoder avro, ManifestEntry entry)
    {
        avro.Int((int)entry.Status);
        Optional(avro, entry.SnapshotId);
        Optional(avro, entry.SequenceNumber);
        Optional(avro, entry.FileSequenceNumber);

        var data = entry.DataFile;
        avro.Int((int)data.Content);
        avro.String(data.FilePath);
        avro.String(data.FileFormat);
        for (var i = 0; i < partitionTypes.Count; i++)
        {
            if (avro.Optional(data.Partition[i] is not null))
                PartitionValue.Encode(avro, partitionTypes[i], data.Partition[i]!);
        }

        avro.Long(data.RecordCount);
        avro.Long(data.FileSizeInBytes);
        Map(avro, data.ColumnSizes, static (a, v) => a.Long(v));
        Map(avro, data.ValueCounts, static (a, v) => a.Long(v));
        Map(avro, data.NullValueCounts, static (a, v) => a.Long(v));
        Map(avro, data.NanValueCounts, static (a, v) => a.Long(v));
        Map(avro, data.LowerBounds, static (a, v) => a.Bytes(v));
        Map(avro, data.UpperBounds, static (a, v) => a.Bytes(v));
        if (avro.Optional(data.KeyMetadata is not null))
            avro.Bytes(data.KeyMetadata);
        List(avro, data.SplitOffsets, static (a, v) => a.Long(v));
        List(avro, data.EqualityIds, static (a, v) => a.Int(v));
        if (avro.Optional(data.SortOrderId is not null))
            avro.Int(data.SortOrderId!.Value);
    }

    private static void Optional(AvroEncoder avro, long? value)
    {
        if (avro.Optional(value is not null))
            avro.Long(value!.Value);
    }

    private static void Map<T>(AvroEncoder avro, IReadOnlyDictionary<int, T>? map, Action<AvroEncoder, T> value)
    {
        if (!avro.Optional(map is not null))
            return;
        if (map!.Count > 0)
        {
            avro.Long(map.Count);
            foreach (var (key, item) in map)
            {
                avro.Int(key);
                value(avro, item);
            }
        }

        avro.Long(0);
    }

    private static void List<T>(AvroEncoder avro, IReadOnlyList<T>? list, Action<AvroEncoder, T> value)
    {
        if (!avro.Optional(list is not null))
            return;
        if (list!.Count > 0)
        {
            avro.Long(list.Count);
            foreach (var item in list)
                value(avro, item);
        }

        avro.Long(0);
    }
}
