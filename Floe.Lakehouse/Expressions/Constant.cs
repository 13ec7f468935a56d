namespace Floe.Lakehouse.Expressions;

/// <summary><see cref="Expression.AlwaysTrue"/> or <see cref="Expression.AlwaysFalse"/>.</summary>
public sealed record Constant : Expression
{
    internal Constant(bool value) => Value = value;

    /// <summary>Whether every row is kept, or none.</summary>
    public bool Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value ? "true" : "false";
}
