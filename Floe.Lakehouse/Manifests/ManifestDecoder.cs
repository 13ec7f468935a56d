using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Decodes manifest entries by the schema that they were written with, whose fields are found once, by id, or by name where an old writer
/// left the ids out. Fields that are not known are passed over.</summary>
internal sealed class ManifestDecoder
{
    private static readonly FieldMap<long>.Decode s_long = static (ref avro, _) => avro.Long();
    private static readonly FieldMap<byte[]>.Decode s_bytes = static (ref avro, skip) => avro.Bytes() is var bytes && skip ? [] : bytes.ToArray();

    private readonly ManifestFile manifest;
    private readonly PartitionSpec spec;
    private readonly IReadOnlyList<PrimitiveType> partitionTypes;
    private readonly bool version1;
    private readonly (int Id, AvroSchema Schema)[] entry;
    private readonly (int Id, AvroSchema Schema)[] file;
    private readonly (int Place, AvroSchema Schema)[] partition;

    /// <param name="schema">Schema in the manifest's header.</param>
    /// <param name="manifest">What the manifest list says of it.</param>
    /// <param name="spec">Partition spec of its files.</param>
    /// <param name="partitionTypes">Types of the partition fields' values.</param>
    /// <param name="version1">Whether the manifest is of format version 1, which has no sequence numbers.</param>
    /// <exception cref="FormatException">Not the schema of a manifest.</exception>
    public ManifestDecoder(AvroSchema schema, ManifestFile manifest, PartitionSpec spec, IReadOnlyList<PrimitiveType> partitionTypes, bool version1)
    {
        (this.manifest, this.spec, this.partitionTypes, this.version1) = (manifest, spec, partitionTypes, version1);
        entry = Fields(schema, "the manifest", [(0, "status"), (1, "snapshot_id"), (3, "sequence_number"), (4, "file_sequence_number"), (2, "data_file")], [0, 2]);
        file = Fields(
            entry.First(f => f.Id == 2).Schema,
            "data_file",
            [
                (134, "content"), (100, "file_path"), (101, "file_format"), (102, "partition"), (103, "record_count"), (104, "file_size_in_bytes"),
                (108, "column_sizes"), (109, "value_counts"), (110, "null_value_counts"), (137, "nan_value_counts"), (125, "lower_bounds"), (128, "upper_bounds"),
                (131, "key_metadata"), (132, "split_offsets"), (135, "equality_ids"), (140, "sort_order_id"), (143, "referenced_data_file"),
            ],
            [100, 101, 102, 103, 104]);
        partition = Partition(file.First(f => f.Id == 102).Schema);
    }

    /// <summary>The next entry of a block.</summary>
    /// <exception cref="FormatException">It is not an entry.</exception>
    public ManifestEntry Read(ReadOnlyMemory<byte> block, ref AvroDecoder avro)
    {
        var status = EntryStatus.Existing;
        long? snapshot = null, sequence = null, fileSequence = null;
        DataFile? data = null;
        foreach (var (id, schema) in entry)
        {
            switch (id)
            {
                case 0:
                    status = (EntryStatus)Need(Integer(ref avro, schema), "status");
                    break;
                case 1:
                    snapshot = Integer(ref avro, schema);
                    break;
                case 3:
                    sequence = Integer(ref avro, schema);
                    break;
                case 4:
                    fileSequence = Integer(ref avro, schema);
                    break;
                case 2:
                    data = File(block, ref avro);
                    break;
                default:
                    avro.Skip(schema);
                    break;
            }
        }

        if (!Enum.IsDefined(status))
            throw new FormatException($"the status of '{data!.FilePath}' is {(int)status}; known are 0 to 2.");
        if (version1)
            (sequence, fileSequence) = (0, 0);
        else if (status == EntryStatus.Added)
            (sequence, fileSequence) = (sequence ?? manifest.SequenceNumber, fileSequence ?? manifest.SequenceNumber);
        return new ManifestEntry(status, snapshot ?? manifest.AddedSnapshotId, sequence, fileSequence, data!);
    }

    private DataFile File(ReadOnlyMemory<byte> block, ref AvroDecoder avro)
    {
        var content = DataContent.Data;
        string? path = null, format = null, referenced = null;
        object?[] values = [];
        long? records = null, size = null;
        FieldMap<long>? columnSizes = null, valueCounts = null, nulls = null, nans = null;
        FieldMap<byte[]>? lower = null, upper = null;
        byte[]? key = null;
        IReadOnlyList<long>? offsets = null;
        IReadOnlyList<int>? equality = null;
        int? sortOrder = null;
        foreach (var (id, schema) in file)
        {
            switch (id)
            {
                case 134:
                    content = (DataContent)(Integer(ref avro, schema) ?? 0);
                    if (!Enum.IsDefined(content))
                        throw new FormatException($"the content is {(int)content}; known are 0 to 2.");
                    break;
                case 100:
                    path = Text(ref avro, schema);
                    break;
                case 101:
                    format = Text(ref avro, schema);
                    break;
                case 102:
                    values = Partition(ref avro);
                    break;
                case 103:
                    records = Integer(ref avro, schema);
                    break;
                case 104:
                    size = Integer(ref avro, schema);
                    break;
                case 108:
                    columnSizes = Map(block, ref avro, schema, s_long, AvroKind.Long);
                    break;
                case 109:
                    valueCounts = Map(block, ref avro, schema, s_long, AvroKind.Long);
                    break;
                case 110:
                    nulls = Map(block, ref avro, schema, s_long, AvroKind.Long);
                    break;
                case 137:
                    nans = Map(block, ref avro, schema, s_long, AvroKind.Long);
                    break;
                case 125:
                    lower = Map(block, ref avro, schema, s_bytes, AvroKind.Bytes);
                    break;
                case 128:
                    upper = Map(block, ref avro, schema, s_bytes, AvroKind.Bytes);
                    break;
                case 131:
                    key = avro.Read(schema) as byte[];
                    break;
                case 132:
                    offsets = (avro.Read(schema) as object?[])?.Select(Convert.ToInt64).ToArray();
                    break;
                case 135:
                    equality = (avro.Read(schema) as object?[])?.Select(Convert.ToInt32).ToArray();
                    break;
                case 140:
                    sortOrder = (int?)Integer(ref avro, schema);
                    break;
                case 143:
                    referenced = Text(ref avro, schema);
                    break;
                default:
                    avro.Skip(schema);
                    break;
            }
        }

        return new DataFile
        {
            Content = content,
            FilePath = path ?? throw Missing("file_path"),
            FileFormat = format switch { "PARQUET" => "PARQUET", null => throw Missing("file_format"), _ => format.ToUpperInvariant() },
            SpecId = spec.SpecId,
            Partition = values,
            RecordCount = NotNegative(records, "record_count"),
            FileSizeInBytes = NotNegative(size, "file_size_in_bytes"),
            ColumnSizes = columnSizes,
            ValueCounts = valueCounts,
            NullValueCounts = nulls,
            NanValueCounts = nans,
            LowerBounds = lower,
            UpperBounds = upper,
            KeyMetadata = key,
            SplitOffsets = offsets,
            EqualityIds = equality,
            ReferencedDataFile = referenced,
            SortOrderId = sortOrder,
        };
    }

    private object?[] Partition(ref AvroDecoder avro)
    {
        var values = spec.Fields.Count == 0 ? [] : new object?[spec.Fields.Count];
        foreach (var (place, schema) in partition)
        {
            if (place < 0)
                avro.Skip(schema);
            else
                values[place] = PartitionValue.Decode(partitionTypes[place], avro.Read(schema));
        }

        return values;
    }

    private (int Place, AvroSchema Schema)[] Partition(AvroSchema schema)
    {
        if (schema.Kind != AvroKind.Record)
            throw new FormatException("the field partition (102) is not a record.");
        return [.. schema.Fields.Select(f => (Place(f), f.Schema))];

        int Place(AvroField field)
        {
            for (var i = 0; i < spec.Fields.Count; i++)
            {
                if (field.FieldId is { } id ? spec.Fields[i].FieldId == id : spec.Fields[i].Name == field.Name)
                    return i;
            }

            return -1;
        }
    }

    private static (int Id, AvroSchema Schema)[] Fields(AvroSchema schema, string what, IReadOnlyList<(int Id, string Name)> known, IReadOnlyList<int> needed)
    {
        if (schema.Kind != AvroKind.Record)
            throw new FormatException($"{what} is not a record.");
        var fields = schema.Fields.Select(f => (Id: f.FieldId ?? known.Where(k => k.Name == f.Name).Select(k => k.Id).DefaultIfEmpty(-1).First(), f.Schema)).ToArray();
        foreach (var id in needed)
        {
            if (fields.All(f => f.Id != id))
                throw new FormatException($"{what} has no field {known.First(k => k.Id == id).Name} ({id}).");
        }

        return fields;
    }

    private static long? Integer(ref AvroDecoder avro, AvroSchema schema) => avro.Branch(schema).Kind switch
    {
        AvroKind.Null => null,
        AvroKind.Int => avro.Int(),
        AvroKind.Long => avro.Long(),
        var other => throw new FormatException($"a number is stored as {other}."),
    };

    private static string? Text(ref AvroDecoder avro, AvroSchema schema) => avro.Branch(schema).Kind switch
    {
        AvroKind.Null => null,
        AvroKind.String => avro.String(),
        var other => throw new FormatException($"a text is stored as {other}."),
    };

    private static FieldMap<T>? Map<T>(ReadOnlyMemory<byte> block, ref AvroDecoder avro, AvroSchema schema, FieldMap<T>.Decode decode, AvroKind kind)
    {
        var array = avro.Branch(schema);
        if (array.Kind == AvroKind.Null)
            return null;

        // An int-keyed map is an array of records with exactly key and value.
        if (array.Items is not { Kind: AvroKind.Record, Fields: [{ Schema.Kind: AvroKind.Int }, { Schema.Kind: var value }] } || value != kind)
            throw new FormatException("a map is not an array of keys and values.");
        var start = avro.Position;
        for (var left = 0L; avro.NextItem(ref left);)
        {
            avro.Int();
            decode(ref avro, skip: true);
        }

        return new(block[start..avro.Position], decode);
    }

    private static long Need(long? value, string name) => value ?? throw Missing(name);

    private static long NotNegative(long? value, string name) =>
        Need(value, name) is >= 0 and var number ? number : throw new FormatException($"the {name} is {value}, below 0.");

    private static FormatException Missing(string name) => new($"the field {name} is null.");
}
