using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>
/// A filter over rows: predicates on columns joined by And, Or and Not. Immutable.
/// <para>The logic is SQL's: a predicate on null is unknown, and only rows for which the whole expression is true are kept. So
/// <c>NotEqual("a", 5)</c> and <c>Not(Equal("a", 5))</c> do not keep rows whose <c>a</c> is null; add <c>Or(.., IsNull("a"))</c> where they
/// should. NaN is neither below nor above anything, and equal to nothing: only NotEqual, NotIn and IsNaN keep it.</para>
/// <para>Columns are named as in the schema; a field of a struct by the names from the outside in, joined by dots.</para>
/// </summary>
public abstract record Expression
{
    private protected Expression()
    {
    }

    /// <summary>Keeps every row.</summary>
    public static Expression AlwaysTrue { get; } = new Constant(true);

    /// <summary>Keeps no row.</summary>
    public static Expression AlwaysFalse { get; } = new Constant(false);

    /// <summary>All of them; without any, <see cref="AlwaysTrue"/>.</summary>
    public static Expression And(params ReadOnlySpan<Expression> all) => all.Length switch
    {
        // In halves: the tree of thousands is then a few levels deep.
        0 => AlwaysTrue,
        1 => all[0],
        _ => Both(And(all[..(all.Length / 2)]), And(all[(all.Length / 2)..])),
    };

    /// <summary>One of them at least; without any, <see cref="AlwaysFalse"/>.</summary>
    public static Expression Or(params ReadOnlySpan<Expression> any) => any.Length switch
    {
        0 => AlwaysFalse,
        1 => any[0],
        _ => Either(Or(any[..(any.Length / 2)]), Or(any[(any.Length / 2)..])),
    };

    /// <summary>Not that one.</summary>
    public static Expression Not(Expression expression) => expression switch
    {
        Constant c => c.Value ? AlwaysFalse : AlwaysTrue,
        Not n => n.Inner,
        _ => new Not(expression),
    };

    /// <summary>The column equals the value.</summary>
    public static Expression Equal(string column, Literal value) => new Predicate(Operation.Equal, column, [value]);

    /// <summary>The column is not null and differs from the value.</summary>
    public static Expression NotEqual(string column, Literal value) => new Predicate(Operation.NotEqual, column, [value]);

    /// <summary>The column is below the value.</summary>
    public static Expression LessThan(string column, Literal value) => new Predicate(Operation.LessThan, column, [value]);

    /// <summary>The column is below or equals the value.</summary>
    public static Expression LessThanOrEqual(string column, Literal value) => new Predicate(Operation.LessThanOrEqual, column, [value]);

    /// <summary>The column is above the value.</summary>
    public static Expression GreaterThan(string column, Literal value) => new Predicate(Operation.GreaterThan, column, [value]);

    /// <summary>The column is above or equals the value.</summary>
    public static Expression GreaterThanOrEqual(string column, Literal value) => new Predicate(Operation.GreaterThanOrEqual, column, [value]);

    /// <summary>The column is one of the values; without any, <see cref="AlwaysFalse"/>.</summary>
    public static Expression In(string column, params IReadOnlyList<Literal> values) =>
        values.Count == 0 ? AlwaysFalse : new Predicate(Operation.In, column, values);

    /// <summary>The column is not null and none of the values; without any, <see cref="AlwaysTrue"/>.</summary>
    public static Expression NotIn(string column, params IReadOnlyList<Literal> values) =>
        values.Count == 0 ? AlwaysTrue : new Predicate(Operation.NotIn, column, values);

    /// <summary>The column is null.</summary>
    public static Expression IsNull(string column) => new Predicate(Operation.IsNull, column, []);

    /// <summary>The column is not null.</summary>
    public static Expression NotNull(string column) => new Predicate(Operation.NotNull, column, []);

    /// <summary>The column, a float or double, is NaN.</summary>
    public static Expression IsNaN(string column) => new Predicate(Operation.IsNaN, column, []);

    /// <summary>The column, a float or double, is a number (neither NaN nor null).</summary>
    public static Expression NotNaN(string column) => new Predicate(Operation.NotNaN, column, []);

    /// <summary>The column, a string, begins with the text (every string begins with an empty one).</summary>
    public static Expression StartsWith(string column, string prefix) => new Predicate(Operation.StartsWith, column, [prefix]);

    /// <summary>The column, a string, is not null and does not begin with the text.</summary>
    public static Expression NotStartsWith(string column, string prefix) => new Predicate(Operation.NotStartsWith, column, [prefix]);

    /// <summary>The same filter with its columns found in a schema and its values turned into their types; Not is gone, pushed down to the
    /// predicates. What is bound already stays as it is.</summary>
    /// <exception cref="ValidationException">The schema has no such column, a value does not fit its column's type, or the type does not
    /// have the operation; names column, value and types.</exception>
    public Expression Bind(Schema schema) => Binding.Bind(this, schema);

    /// <summary>The same filter without Not.</summary>
    public Expression PushNegations() => Negation.Push(this, negate: false);

    /// <summary>The filter as DuckDB's SQL, for a WHERE clause over rows of the schema.</summary>
    /// <exception cref="ValidationException">As <see cref="Bind"/>.</exception>
    public string ToSql(Schema schema) => ExpressionSql.Of(Bind(schema));

    private protected static string Join(string word, Expression left, Expression right) => $"({left} {word} {right})";

    private static Expression Both(Expression left, Expression right) => (left, right) switch
    {
        (Constant { Value: true }, _) => right,
        (_, Constant { Value: true }) => left,
        (Constant, _) or (_, Constant) => AlwaysFalse,
        _ => new And(left, right),
    };

    private static Expression Either(Expression left, Expression right) => (left, right) switch
    {
        (Constant { Value: false }, _) => right,
        (_, Constant { Value: false }) => left,
        (Constant, _) or (_, Constant) => AlwaysTrue,
        _ => new Or(left, right),
    };
}
