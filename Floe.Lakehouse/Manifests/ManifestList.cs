using System.Globalization;
using Floe.Lakehouse.Avro;

namespace Floe.Lakehouse.Manifests;

/// <summary>Manifest lists (specification, "Manifest Lists").</summary>
public static class ManifestList
{
    /// <summary>The manifests of a list of version 1 or 2.</summary>
    /// <exception cref="CorruptFileException">Not a manifest list.</exception>
    public static IReadOnlyList<ManifestFile> Read(ReadOnlyMemory<byte> content, string location)
    {
        var avro = AvroContainer.Read(content, location);
        var manifests = new ManifestFile[avro.Records.Count];
        for (var i = 0; i < manifests.Length; i++)
        {
            try
            {
                manifests[i] = Manifest(avro.Record(i));
            }
            catch (InvalidCastException e)
            {
                throw new CorruptFileException(location, $"entry {i} is not a manifest list entry: {e.Message}", e);
            }
        }

        return manifests;
    }

    /// <summary>Writes a list of version 2. Manifests without a sequence number get the snapshot's.</summary>
    public static ReadOnlyMemory<byte> Write(IEnumerable<ManifestFile> manifests, long snapshotId, long? parentSnapshotId, long sequenceNumber)
    {
        var file = new AvroContainerWriter(
            ManifestSchemas.ManifestList,
            [
                new("snapshot-id", snapshotId.ToString(CultureInfo.InvariantCulture)),
                new("parent-snapshot-id", parentSnapshotId?.ToString(CultureInfo.InvariantCulture) ?? "null"),
                new("sequence-number", sequenceNumber.ToString(CultureInfo.InvariantCulture)),
                new("format-version", "2"),
            ]);
        foreach (var manifest in manifests)
        {
            file.Add(
                manifest with
                {
                    SequenceNumber = manifest.SequenceNumber == ManifestWriter.Unassigned ? sequenceNumber : manifest.SequenceNumber,
                    MinSequenceNumber = manifest.MinSequenceNumber == ManifestWriter.Unassigned ? sequenceNumber : manifest.MinSequenceNumber,
                },
                Encode);
        }

        return file.Finish();
    }

    private static void Encode(AvroEncoder avro, ManifestFile manifest)
    {
        avro.String(manifest.ManifestPath);
        avro.Long(manifest.ManifestLength);
        avro.Int(manifest.PartitionSpecId);
        avro.Int((int)manifest.Content);
        avro.Long(manifest.SequenceNumber);
        avro.Long(manifest.MinSequenceNumber);
        avro.Long(manifest.AddedSnapshotId);
        avro.Int(manifest.AddedFilesCount ?? 0);
        avro.Int(manifest.ExistingFilesCount ?? 0);
        avro.Int(manifest.DeletedFilesCount ?? 0);
        avro.Long(manifest.AddedRowsCount ?? 0);
        avro.Long(manifest.ExistingRowsCount ?? 0);
        avro.Long(manifest.DeletedRowsCount ?? 0);
        if (avro.Optional(manifest.Partitions is not null))
        {
            if (manifest.Partitions!.Count > 0)
            {
                avro.Long(manifest.Partitions.Count);
                foreach (var field in manifest.Partitions)
                {
                    avro.Boolean(field.ContainsNull);
                    if (avro.Optional(field.ContainsNan is not null))
                        avro.Boolean(field.ContainsNan!.Value);
                    if (avro.Optional(field.LowerBound is not null))
                        avro.Bytes(field.LowerBound);
                    if (avro.Optional(field.UpperBound is not null))
                        avro.Bytes(field.UpperBound);
                }
            }

            avro.Long(0);
        }

        if (avro.Optional(manifest.KeyMetadata is not null))
            avro.Bytes(manifest.KeyMetadata);
    }

    private static ManifestFile Manifest(AvroRecord record) => new()
    {
        ManifestPath = record.Need<string>(500, "manifest_path"),
        ManifestLength = record.Need<long>(501, "manifest_length"),
        PartitionSpecId = record.Need<int>(502, "partition_spec_id"),
        Content = (int?)record.Get(517, "content") switch
        {
            null or 0 => ManifestContent.Data,
            1 => ManifestContent.Deletes,
            var other => throw new InvalidCastException($"The content is {other}; known are 0 and 1."),
        },
        SequenceNumber = (long?)record.Get(515, "sequence_number") ?? 0,
        MinSequenceNumber = (long?)record.Get(516, "min_sequence_number") ?? 0,
        AddedSnapshotId = (long?)record.Get(503, "added_snapshot_id") ?? 0,
        AddedFilesCount = (int?)record.Get(504, "added_files_count", "added_data_files_count"),
        ExistingFilesCount = (int?)record.Get(505, "existing_files_count", "existing_data_files_count"),
        DeletedFilesCount = (int?)record.Get(506, "deleted_files_count", "deleted_data_files_count"),
        AddedRowsCount = (long?)record.Get(512, "added_rows_count"),
        ExistingRowsCount = (long?)record.Get(513, "existing_rows_count"),
        DeletedRowsCount = (long?)record.Get(514, "deleted_rows_count"),
        Partitions = record.Get(507, "partitions") is object?[] fields ? [.. fields.Select(f => Summary(f as AvroRecord ?? throw new InvalidCastException("A partition summary is not a record.")))] : null,
        KeyMetadata = (byte[]?)record.Get(519, "key_metadata"),
    };

    private static FieldSummary Summary(AvroRecord record) => new(
        record.Need<bool>(509, "contains_null"),
        (bool?)record.Get(518, "contains_nan"),
        (byte[]?)record.Get(510, "lower_bound"),
        (byte[]?)record.Get(511, "upper_bound"));
}
