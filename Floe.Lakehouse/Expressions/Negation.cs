namespace Floe.Lakehouse.Expressions;

/// <summary>Pushes Not down to the predicates. In SQL's logic the opposite of each predicate is again one: both are unknown for null.</summary>
internal static class Negation
{
    public static Expression Push(Expression expression, bool negate) => expression switch
    {
        Constant c => negate ? Expression.Not(c) : c,
        Not n => Push(n.Inner, !negate),
        And a => negate ? Expression.Or(Push(a.Left, true), Push(a.Right, true)) : Expression.And(Push(a.Left, false), Push(a.Right, false)),
        Or o => negate ? Expression.And(Push(o.Left, true), Push(o.Right, true)) : Expression.Or(Push(o.Left, false), Push(o.Right, false)),
        Predicate p => negate ? p with { Operation = Opposite(p.Operation) } : p,
        BoundPredicate b => negate ? b with { Operation = Opposite(b.Operation) } : b,
        _ => throw new InvalidOperationException($"Unknown expression {expression}."),
    };

    private static Operation Opposite(Operation operation) => operation switch
    {
        Operation.Equal => Operation.NotEqual,
        Operation.NotEqual => Operation.Equal,
        Operation.LessThan => Operation.GreaterThanOrEqual,
        Operation.LessThanOrEqual => Operation.GreaterThan,
        Operation.GreaterThan => Operation.LessThanOrEqual,
        Operation.GreaterThanOrEqual => Operation.LessThan,
        Operation.In => Operation.NotIn,
        Operation.NotIn => Operation.In,
        Operation.IsNull => Operation.NotNull,
        Operation.NotNull => Operation.IsNull,
        Operation.IsNaN => Operation.NotNaN,
        Operation.NotNaN => Operation.IsNaN,
        Operation.StartsWith => Operation.NotStartsWith,
        Operation.NotStartsWith => Operation.StartsWith,
        _ => throw new InvalidOperationException($"Unknown operation {operation}."),
    };
}
