using System.Text;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Planning;

/// <summary>Writes members of the model as SQL expressions over the joined tables' aliases.</summary>
internal static class MemberSql
{
    /// <summary>SQL of a dimension's value in one row.</summary>
    public static string Of(Dimension dimension) => dimension.IsSubQuery ? $"{SubQueryAlias(dimension)}.\"{dimension.Alias}\"" : Render(dimension.Sql, dimension.Cube, NoMeasure);

    /// <summary>The quoted alias of the query that computes a sub-query dimension.</summary>
    public static string SubQueryAlias(Dimension dimension) => $"\"{dimension.Alias}_subquery\"";

    public static string Of(Segment segment) => Render(segment.Sql, segment.Cube, NoMeasure);

    public static string On(Join join) => Render(join.On, join.From, NoMeasure);

    /// <summary>SQL of a calculated measure, given how its measures are written.</summary>
    public static string Calculated(Measure measure, Func<Measure, string> inner) => Render(measure.Sql!, measure.Cube, inner);

    /// <summary>
    /// What an aggregate takes from one row: its SQL, NULL where its filters do not hold.
    /// For a count without SQL that is the cube's key (or 1 when it has none).
    /// </summary>
    public static string Input(Measure measure)
    {
        var value = measure.Sql is null ? Key(measure.Cube) ?? "1" : Render(measure.Sql, measure.Cube, NoMeasure);
        if (measure.Filters.Count == 0) return value;
        return $"CASE WHEN {Conditions(measure)} THEN {value} END";
    }

    /// <summary>What a row must be to count for the measure; it has filters.</summary>
    public static string Conditions(Measure measure) => string.Join(" AND ", measure.Filters.Select(filter => $"({Render(filter, measure.Cube, NoMeasure)})"));

    /// <summary>The cube's key as one value, NULL where an outer join found no row; null without a key.</summary>
    public static string? Key(Cube cube)
    {
        var keys = cube.PrimaryKeys.Select(Of).ToList();
        return keys.Count switch
        {
            0 => null,
            1 => keys[0],
            // A struct of NULLs is not NULL, and would be counted.
            _ => $"CASE WHEN {keys[0]} IS NOT NULL THEN ({string.Join(", ", keys)}) END",
        };
    }

    private static string Render(SqlTemplate template, Cube owner, Func<Measure, string> measure)
    {
        if (template.BareColumn is { } column) return $"{owner.Alias}.\"{column}\"";
        if (template.SingleMember is { } single) return Reference(single, measure);
        var sql = new StringBuilder();
        foreach (var part in template.Parts)
        {
            switch (part)
            {
                case SqlPart.Literal literal:
                    sql.Append(literal.Sql);
                    break;
                case SqlPart.CubeAlias alias:
                    sql.Append(alias.Cube.Alias);
                    break;
                case SqlPart.MemberReference reference:
                    var inner = Reference(reference.Member, measure);
                    // Keeps "{a} / {b}" right when b is a sum of terms.
                    if (NeedsParentheses(inner)) sql.Append('(').Append(inner).Append(')');
                    else sql.Append(inner);
                    break;
            }
        }
        return sql.ToString();
    }

    private static string Reference(Member member, Func<Measure, string> measure) => member switch
    {
        Dimension dimension => Of(dimension),
        Segment segment => Of(segment),
        Measure inner => measure(inner),
        _ => throw new InvalidOperationException($"A member of type {member.GetType().Name} has no SQL."),
    };

    private static bool NeedsParentheses(string sql) => !sql.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '"' or '$');

    private static string NoMeasure(Measure measure) =>
        throw new InvalidOperationException($"'{measure.FullName}' is a measure and cannot be used in a row's SQL.");
}
