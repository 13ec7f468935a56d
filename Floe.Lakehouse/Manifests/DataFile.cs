namespace Floe.Lakehouse.Manifests;

/// <summary>What a file of a table holds (specification, "Manifests", field 134).</summary>
public enum DataContent
{
    /// <summary>Rows.</summary>
    Data = 0,

    /// <summary>Positions of deleted rows.</summary>
    PositionDeletes = 1,

    /// <summary>Values of deleted rows.</summary>
    EqualityDeletes = 2,
}

/// <summary>A file of a table with its statistics (specification, "Manifests", struct <c>data_file</c>). Maps are keyed by field id.</summary>
public sealed record DataFile
{
    /// <summary>What the file holds.</summary>
    public DataContent Content { get; init; } = DataContent.Data;

    /// <summary>Full location, for example <c>s3://bucket/path/file.parquet</c>.</summary>
    public required string FilePath { get; init; }

    /// <summary><c>PARQUET</c>, <c>AVRO</c> or <c>ORC</c>.</summary>
    public string FileFormat { get; init; } = "PARQUET";

    /// <summary>Id of the partition spec that <see cref="Partition"/> is written by.</summary>
    public int SpecId { get; init; }

    /// <summary>Partition values in the order of the spec's fields, in the value types of <see cref="Schemas.PrimitiveType"/>; null is null.</summary>
    public IReadOnlyList<object?> Partition { get; init; } = [];

    /// <summary>Rows.</summary>
    public required long RecordCount { get; init; }

    /// <summary>Bytes.</summary>
    public required long FileSizeInBytes { get; init; }

    /// <summary>Bytes on disk by column.</summary>
    public IReadOnlyDictionary<int, long>? ColumnSizes { get; init; }

    /// <summary>Values by column, nulls and NaNs included.</summary>
    public IReadOnlyDictionary<int, long>? ValueCounts { get; init; }

    /// <summary>Nulls by column.</summary>
    public IReadOnlyDictionary<int, long>? NullValueCounts { get; init; }

    /// <summary>NaNs by column.</summary>
    public IReadOnlyDictionary<int, long>? NanValueCounts { get; init; }

    /// <summary>Lower bounds by column, single-value serialised (appendix D); a string's may be truncated.</summary>
    public IReadOnlyDictionary<int, byte[]>? LowerBounds { get; init; }

    /// <summary>Upper bounds by column, single-value serialised; a truncated string's is incremented.</summary>
    public IReadOnlyDictionary<int, byte[]>? UpperBounds { get; init; }

    /// <summary>Key metadata of an encrypted file.</summary>
    public byte[]? KeyMetadata { get; init; }

    /// <summary>Offsets where the file can be split (row groups), ascending.</summary>
    public IReadOnlyList<long>? SplitOffsets { get; init; }

    /// <summary>Field ids of an equality delete file.</summary>
    public IReadOnlyList<int>? EqualityIds { get; init; }

    /// <summary>Location of the only data file that a position delete file is for, or null when it may be for several.</summary>
    public string? ReferencedDataFile { get; init; }

    /// <summary>Sort order of the file, or null.</summary>
    public int? SortOrderId { get; init; }
}
