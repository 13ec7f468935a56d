namespace Floe.Lakehouse.Expressions;

/// <summary>Either side; made by <see cref="Expression.Or(ReadOnlySpan{Expression})"/>.</summary>
public sealed record Or : Expression
{
    internal Or(Expression left, Expression right) => (Left, Right) = (left, right);

    /// <summary>One side.</summary>
    public Expression Left { get; }

    /// <summary>The other side.</summary>
    public Expression Right { get; }

    /// <inheritdoc/>
    public override string ToString() => Join("or", Left, Right);
}
