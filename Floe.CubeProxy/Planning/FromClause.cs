using System.Text;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>The joined tables of a query.</summary>
internal static class FromClause
{
    /// <summary>Without anything that depends on a query.</summary>
    public static string Write(JoinTree joins) => Write(joins, Source, _ => "");

    /// <param name="source">A cube's table, or its query in parentheses.</param>
    /// <param name="further">What is joined to a cube beside the tree's own joins.</param>
    public static string Write(JoinTree joins, Func<Cube, string> source, Func<Cube, string> further)
    {
        var sql = new StringBuilder($"{source(joins.Root)} AS {joins.Root.Alias}{further(joins.Root)}");
        foreach (var join in joins.Joins) sql.Append($" LEFT JOIN {source(join.Target)} AS {join.Target.Alias} ON {MemberSql.On(join)}{further(join.Target)}");
        return sql.ToString();
    }

    public static string Source(Cube cube) => Source(cube, _ => throw new InvalidOperationException($"The rows of '{cube.Name}' depend on the query."));

    /// <param name="filter">Writes the query's conditions for FILTER_PARAMS.</param>
    public static string Source(Cube cube, Func<SqlPart.FilterParams, string> filter) => cube.Table is { } table
        ? table.Quoted
        : $"({string.Concat(cube.Sql!.Parts.Select(part => part switch
        {
            SqlPart.Literal literal => literal.Sql,
            SqlPart.FilterParams parameters => filter(parameters),
            _ => throw new InvalidOperationException($"The 'sql' of cube '{cube.Name}' has a part that no query can fill."),
        }))})";
}
