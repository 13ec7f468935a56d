namespace Floe.Lakehouse.Expressions;

/// <summary>Judges bound expressions by what is known of their columns in a group of rows.</summary>
internal static class Evaluation
{
    /// <summary>Whether a row may be kept; false is certain.</summary>
    public static bool MightMatch<TState>(Expression expression, TState rows, Func<BoundPredicate, TState, ValueRange> range) => expression switch
    {
        Constant c => c.Value,
        And a => MightMatch(a.Left, rows, range) && MightMatch(a.Right, rows, range),
        Or o => MightMatch(o.Left, rows, range) || MightMatch(o.Right, rows, range),
        BoundPredicate p => range(p, rows).MightMatch(p),
        _ => throw new InvalidOperationException($"The expression {expression} is not bound."),
    };

    /// <summary>Whether every row is kept; false may be for lack of knowledge.</summary>
    public static bool AllMatch<TState>(Expression expression, TState rows, Func<BoundPredicate, TState, ValueRange> range) => expression switch
    {
        Constant c => c.Value,
        And a => AllMatch(a.Left, rows, range) && AllMatch(a.Right, rows, range),
        Or o => AllMatch(o.Left, rows, range) || AllMatch(o.Right, rows, range),
        BoundPredicate p => range(p, rows).AllMatch(p),
        _ => throw new InvalidOperationException($"The expression {expression} is not bound."),
    };
}
