using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>A predicate whose column was found in a schema and whose values have the column's type.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Field">The column.</param>
/// <param name="Path">Names of the structs around the column from the outside in, and its own name; one name for a top level column.</param>
/// <param name="Values">The values, as <see cref="PrimitiveType"/> holds them; those of In and NotIn are sorted and each is there once.</param>
public sealed record BoundPredicate(Operation Operation, NestedField Field, IReadOnlyList<string> Path, IReadOnlyList<object> Values) : Expression
{
    /// <summary>The column's type.</summary>
    /// <exception cref="InvalidOperationException">A struct, list or map, which only IsNull and NotNull can have.</exception>
    public PrimitiveType Type => Field.Type as PrimitiveType ?? throw new InvalidOperationException($"The column '{Field.Name}' is a {Field.Type}.");

    /// <summary>The value of an operation with one.</summary>
    public object Value => Values[0];

    /// <summary>Whether the column is of the top level: only those have bounds and counts that say something of rows.</summary>
    public bool IsTopLevel => Path.Count == 1;

    /// <inheritdoc/>
    public override string ToString() => Values.Count == 0 ? $"{string.Join('.', Path)} {Operation}" : $"{string.Join('.', Path)} {Operation} {string.Join(", ", Values)}";
}
