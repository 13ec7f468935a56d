using Floe.Lakehouse.Data;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Expressions;

/// <summary>Bound expressions as DuckDB's SQL.</summary>
internal static class ExpressionSql
{
    public static string Of(Expression expression) => expression switch
    {
        Constant c => c.Value ? "true" : "false",
        And a => $"({Of(a.Left)} AND {Of(a.Right)})",
        Or o => $"({Of(o.Left)} OR {Of(o.Right)})",
        BoundPredicate p => Of(p),
        _ => throw new InvalidOperationException($"The expression {expression} is not bound."),
    };

    private static string Of(BoundPredicate predicate)
    {
        var column = Column(predicate.Path);
        return predicate.Operation switch
        {
            Operation.Equal => $"{column} = {Value()}",
            Operation.NotEqual => $"{column} <> {Value()}",
            Operation.LessThan => $"{column} < {Value()}",
            Operation.LessThanOrEqual => $"{column} <= {Value()}",
            Operation.GreaterThan => Above(">"),
            Operation.GreaterThanOrEqual => Above(">="),
            Operation.In => $"{column} IN ({Values()})",
            Operation.NotIn => $"{column} NOT IN ({Values()})",
            Operation.IsNull => $"{column} IS NULL",
            Operation.NotNull => $"{column} IS NOT NULL",
            Operation.IsNaN => $"isnan({column})",
            Operation.NotNaN => $"NOT isnan({column})",
            Operation.StartsWith => $"starts_with({column}, {Value()})",
            Operation.NotStartsWith => $"NOT starts_with({column}, {Value()})",
            _ => throw new InvalidOperationException($"Unknown operation {predicate.Operation}."),
        };

        string Value() => SqlLiteral.Of(predicate.Type, predicate.Value);
        string Values() => string.Join(", ", predicate.Values.Select(v => SqlLiteral.Of(predicate.Type, v)));

        // DuckDB has NaN above every number; here it is neither above nor below.
        string Above(string sign) => predicate.Type.Kind is PrimitiveKind.Float or PrimitiveKind.Double
            ? $"({column} {sign} {Value()} AND NOT isnan({column}))"
            : $"{column} {sign} {Value()}";
    }

    // A function call, not a dot: "a"."b" could be a column of a table named a.
    private static string Column(IReadOnlyList<string> path)
    {
        var sql = DuckDbSql.Name(path[0]);
        for (var i = 1; i < path.Count; i++)
            sql = $"struct_extract({sql}, {DuckDbSql.Text(path[i])})";
        return sql;
    }
}
