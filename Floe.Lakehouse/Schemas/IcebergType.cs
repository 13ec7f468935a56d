namespace Floe.Lakehouse.Schemas;

/// <summary>A type of the Iceberg specification ("Schemas and Data Types"): <see cref="PrimitiveType"/>, <see cref="StructType"/>,
/// <see cref="ListType"/> or <see cref="MapType"/>.</summary>
public abstract record IcebergType;

/// <summary>A struct: fields with ids that are unique in the table.</summary>
/// <param name="Fields">Fields in order.</param>
public sealed record StructType(IReadOnlyList<NestedField> Fields) : IcebergType
{
    /// <inheritdoc/>
    public override string ToString() => $"struct<{string.Join(", ", Fields.Select(f => $"{f.Id}: {f.Name}: {f.Type}"))}>";
}

/// <summary>A list; the element has a field id of its own.</summary>
public sealed record ListType(int ElementId, IcebergType Element, bool ElementRequired) : IcebergType
{
    /// <inheritdoc/>
    public override string ToString() => $"list<{Element}>";
}

/// <summary>A map; key and value have field ids of their own, keys are required.</summary>
public sealed record MapType(int KeyId, IcebergType Key, int ValueId, IcebergType Value, bool ValueRequired) : IcebergType
{
    /// <inheritdoc/>
    public override string ToString() => $"map<{Key}, {Value}>";
}
