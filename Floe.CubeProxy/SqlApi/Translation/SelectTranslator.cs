using Floe.CubeProxy.Model;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.SqlApi.Syntax;

namespace Floe.CubeProxy.SqlApi.Translation;

/// <summary>
/// Translates a SELECT: what it asks of cubes becomes a query of the engine, planned as one of the REST API; what it works out
/// from that is written around it.
/// </summary>
internal static class SelectTranslator
{
    /// <summary>As the REST API: more rows are refused, not cut off.</summary>
    public const int MostRows = Query.CubeQuery.MaximalLimit;

    /// <exception cref="SqlError">The statement is wrong, or not supported.</exception>
    /// <exception cref="Query.CubeApiException">The engine refuses the query.</exception>
    public static Translated Translate(Select select, StatementContext context) => Translate(select, context, MostRows + 1);

    private static Translated Translate(Select select, StatementContext context, int? mostRows)
    {
        if (TryScope(select, context) is var (scope, conditions)) return new CubeSelect(select, scope, conditions, context, mostRows).Translate();
        if (select.From is not [{ Query: { } inner } item]) throw SqlError.Unsupported("A query in FROM cannot be joined with other tables.", select.From is [_, var second, ..] ? second.Position : null);
        return new OuterSelect(select, item.Alias, Translate(inner, context, null), context, mostRows).Translate();
    }

    /// <summary>The cubes that a SELECT reads, when FROM has cubes only, or queries that do no more than name columns of cubes.</summary>
    private static (CubeScope Scope, IReadOnlyList<(Expression, CubeScope)> Conditions)? TryScope(Select select, StatementContext context)
    {
        if (select.From.Count == 0) throw SqlError.Unsupported("A query without FROM cannot stand here.");
        var tables = new List<CubeTable>();
        var conditions = new List<(Expression, CubeScope)>();
        foreach (var item in select.From)
        {
            if (item.Query is null)
            {
                var cube = CubeScope.FindCube(context.Model, item.Name!, item.Position);
                // Says why it is denied; a claim that is missing counts, too.
                AccessRules.RowsOf(cube, [], context.Caller);
                tables.Add(CubeScope.TableOf(cube, item.Alias ?? cube.Name));
            }
            else if (TryFlatten(item.Query, item.Alias ?? "", context) is var (table, inner))
            {
                tables.Add(table);
                conditions.AddRange(inner);
            }
            else
            {
                return null;
            }
        }
        if (tables.GroupBy(table => table.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new SqlError(SqlStates.DuplicateAlias, $"The table '{twice.Key}' is in FROM twice.");
        var scope = new CubeScope(tables, context.Caller);
        foreach (var item in select.From.Where(item => item.On is not null)) CheckJoin(item.On!, scope);
        return (scope, conditions);
    }

    private static (CubeTable Table, IReadOnlyList<(Expression, CubeScope)> Conditions)? TryFlatten(Select query, string alias, StatementContext context)
    {
        if (query.IsDistinct || query.GroupBy.Count > 0 || query.Having is not null || query.OrderBy.Count > 0 || query.Limit is not null || query.Offset is not null
            || query.From.Count == 0 || !query.Items.All(item => item.Expression is Column or Star)) return null;
        if (TryScope(query, context) is not var (scope, conditions)) return null;
        var columns = new List<(string, Member)>();
        foreach (var item in query.Items)
        {
            if (item.Expression is Star star) columns.AddRange(scope.Expand(star).Select(column => (column.Column.Name, column.Member)));
            else if (scope.Find((Column)item.Expression) is var member && member is not Segment) columns.Add((item.Alias ?? member.Name, member));
            else return null;
        }
        return (new CubeTable(alias, columns), query.Where is null ? conditions : [.. conditions, (query.Where, scope)]);
    }

    private static void CheckJoin(Expression on, CubeScope scope)
    {
        if (on is Logical { IsAnd: true } all)
        {
            foreach (var part in all.Parts) CheckJoin(part, scope);
            return;
        }
        if (on is not Binary { Operator: "=", Left: Column left, Right: Column right } || !IsJoinField(left) || !IsJoinField(right))
            throw SqlError.Unsupported($"A join's condition can only be ON a.{CubeScope.JoinField} = b.{CubeScope.JoinField}: the model says how cubes are joined.", on.Position);
        scope.FindTable(left.Qualifier!, left.Position);
        scope.FindTable(right.Qualifier!, right.Position);

        static bool IsJoinField(Column column) => column.Qualifier is not null && column.Name.Equals(CubeScope.JoinField, StringComparison.OrdinalIgnoreCase);
    }
}
