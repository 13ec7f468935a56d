namespace Floe.Lakehouse.Expressions;

/// <summary>A question about a named column.</summary>
/// <param name="Operation">What is asked.</param>
/// <param name="Column">Name of the column; of a field of a struct, names joined by dots.</param>
/// <param name="Values">The values it is compared with: none for IsNull, NotNull, IsNaN and NotNaN, several for In and NotIn, else one.</param>
public sealed record Predicate(Operation Operation, string Column, IReadOnlyList<Literal> Values) : Expression
{
    /// <inheritdoc/>
    public override string ToString() => Values.Count == 0 ? $"{Column} {Operation}" : $"{Column} {Operation} {string.Join(", ", Values)}";
}
