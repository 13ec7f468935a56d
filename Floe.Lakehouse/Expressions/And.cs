namespace Floe.Lakehouse.Expressions;

/// <summary>Both sides; made by <see cref="Expression.And(ReadOnlySpan{Expression})"/>.</summary>
public sealed record And : Expression
{
    internal And(Expression left, Expression right) => (Left, Right) = (left, right);

    /// <summary>One side.</summary>
    public Expression Left { get; }

    /// <summary>The other side.</summary>
    public Expression Right { get; }

    /// <inheritdoc/>
    public override string ToString() => Join("and", Left, Right);
}
