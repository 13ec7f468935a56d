namespace Floe.Lakehouse.Schemas;

/// <summary>A field of a schema or struct. The id, not the name or place, is the field's identity for the life of the table.</summary>
/// <param name="Id">Field id, unique in the table, from 1.</param>
/// <param name="Name">Name.</param>
/// <param name="Type">Type.</param>
/// <param name="Required">Whether null is forbidden.</param>
/// <param name="Doc">A sentence for readers, or null.</param>
public sealed record NestedField(int Id, string Name, IcebergType Type, bool Required, string? Doc = null);
