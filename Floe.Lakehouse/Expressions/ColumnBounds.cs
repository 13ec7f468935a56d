using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Bounds of columns as written by any writer.</summary>
internal static class ColumnBounds
{
    /// <summary>The bound's value, or null when there is none that can be relied on: uuids are ordered differently by different writers, NaN bounds
    /// nothing, and bytes that are no value of the type say nothing.</summary>
    public static object? Decode(PrimitiveType type, byte[]? bound) =>
        bound is null || type.Kind == PrimitiveKind.Uuid || !SingleValue.TryDeserialize(type, bound, out var value) || value is float.NaN or double.NaN ? null : value;
}
