using System.Text.RegularExpressions;
using Floe.CubeProxy.Model;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.CubeProxy.Lineage;

/// <summary>A column that a member of a cube is made of.</summary>
internal readonly record struct MemberColumn(TableName Table, string Column, FieldTransformation How);

/// <summary>Which columns members of cubes are made of, from the references in their SQL and the words in it that are columns of the table.</summary>
/// <param name="tables">The columns of tables.</param>
internal sealed partial class MemberColumns(IReadOnlyDictionary<TableName, HashSet<string>> tables)
{
    private static readonly FieldTransformation s_identity = new("DIRECT", "IDENTITY");
    private static readonly FieldTransformation s_transformation = new("DIRECT", "TRANSFORMATION");
    private static readonly FieldTransformation s_aggregation = new("DIRECT", "AGGREGATION");
    private static readonly FieldTransformation s_filter = new("INDIRECT", "FILTER");

    /// <summary>The columns of a member; none of a count, which is made of rows.</summary>
    public IEnumerable<MemberColumn> Of(Member member) => Of(member, []).Distinct();

    private IEnumerable<MemberColumn> Of(Member member, HashSet<Member> above)
    {
        if (!above.Add(member)) return [];
        var found = member switch
        {
            Measure measure => (measure.Sql is null ? [] : Of(measure, measure.Sql, measure.IsCalculated ? s_transformation : s_aggregation, above))
                .Concat(measure.Filters.SelectMany(filter => Of(measure, filter, s_filter, above))),
            Dimension dimension => Of(dimension, dimension.Sql, dimension.Sql.BareColumn is null ? s_transformation : s_identity, above),
            _ => member.Templates.SelectMany(template => Of(member, template, s_filter, above)),
        };
        var list = found.ToList();
        above.Remove(member);
        return list;
    }

    private IEnumerable<MemberColumn> Of(Member member, SqlTemplate template, FieldTransformation how, HashSet<Member> above)
    {
        var before = member.Cube;
        foreach (var part in template.Parts)
        {
            switch (part)
            {
                case SqlPart.CubeAlias alias:
                    before = alias.Cube;
                    continue;
                case SqlPart.MemberReference { Member: var of }:
                    // What is aggregated below stays so; a filter makes all of it one.
                    foreach (var column in Of(of, above)) yield return how == s_filter ? column with { How = s_filter } : column;
                    break;
                case SqlPart.Literal { Sql: var sql }:
                    foreach (var column in Words(sql, before, member.Cube)) yield return column with { How = how };
                    break;
            }
            before = member.Cube;
        }
    }

    // "{Customers}.region || name": the first word belongs to the cube before it, the others to the member's own.
    private IEnumerable<MemberColumn> Words(string sql, Cube before, Cube own)
    {
        foreach (Match word in Word().Matches(sql))
        {
            if (word.Groups["name"] is not { Success: true } name) continue;
            var cube = word.Index == 0 && sql[0] == '.' ? before : own;
            if (cube.Table is { } table && tables.TryGetValue(table, out var columns) && columns.TryGetValue(name.Value, out var column))
                yield return new(table, column, s_identity);
        }
    }

    // Texts in quotes are no names; nor is what follows a dot, but at the beginning, nor a function's name.
    [GeneratedRegex("""'(?:[^']|'')*'|(?:^\.|(?<![\w.]))"?(?<name>[A-Za-z_]\w*)"?(?!\w|\s*\()""")]
    private static partial Regex Word();
}
