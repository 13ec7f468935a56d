namespace Floe.Lakehouse.Expressions;

/// <summary>The opposite; made by <see cref="Expression.Not(Expression)"/>. Gone after <see cref="Expression.Bind"/>.</summary>
public sealed record Not : Expression
{
    internal Not(Expression inner) => Inner = inner;

    /// <summary>What is negated.</summary>
    public Expression Inner { get; }

    /// <inheritdoc/>
    public override string ToString() => $"not {Inner}";
}
