namespace Floe.Lakehouse.Schemas;

/// <summary>A field of a partition spec.</summary>
/// <param name="SourceId">Field id of the source column.</param>
/// <param name="FieldId">Id of the partition field, from 1000, unique over all specs of the table.</param>
/// <param name="Name">Name of the partition field.</param>
/// <param name="Transform">How the partition value comes from the column's value.</param>
public sealed record PartitionField(int SourceId, int FieldId, string Name, Transform Transform);

/// <summary>A partition spec (specification, "Partitioning").</summary>
/// <param name="SpecId">Id of the spec in the table.</param>
/// <param name="Fields">Partition fields; none means unpartitioned.</param>
public sealed record PartitionSpec(int SpecId, IReadOnlyList<PartitionField> Fields)
{
    /// <summary>Where partition field ids begin; an unpartitioned table's last-partition-id is one less.</summary>
    public const int FirstFieldId = 1000;

    /// <summary>The spec without fields.</summary>
    public static PartitionSpec Unpartitioned { get; } = new(0, []);

    /// <summary>Whether rows are not partitioned (no fields, or void ones only).</summary>
    public bool IsUnpartitioned => Fields.All(f => f.Transform.Kind == TransformKind.Void);

    /// <summary>The result types of the fields; a field whose source column is gone counts as string (it can only be null).</summary>
    public IReadOnlyList<PrimitiveType> ResultTypes(Schema schema) =>
        [.. Fields.Select(f => schema.FindField(f.SourceId)?.Type is PrimitiveType source ? f.Transform.ResultType(source) : PrimitiveType.String)];
}
