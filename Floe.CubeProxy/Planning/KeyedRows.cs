using System.Text.RegularExpressions;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// The root's rows added up per key of the one join that leads away from it, before they are joined: of 30 million lines and 50,000 products
/// 50,000 rows are joined. Adding those up gives the same, because all rows of a key meet the same rows of the other cubes.
/// </summary>
internal sealed partial class KeyedRows
{
    // Where keys are many, grouping by them costs more than joining.
    private const int LeastRowsPerKey = 16;

    private readonly Cube _root;
    private readonly string _key;
    private readonly IReadOnlyList<Measure> _measures;

    private KeyedRows(Cube root, string key, IReadOnlyList<Measure> measures)
    {
        _root = root;
        _key = key;
        _measures = measures;
    }

    /// <summary>Null when the query needs the rows themselves, or when it would not pay.</summary>
    /// <param name="leaves">The aggregates that the query's measures are made of.</param>
    /// <param name="set">The tables; null: not known.</param>
    public static KeyedRows? TryFind(ResolvedQuery query, JoinTree joins, IReadOnlyList<Measure> leaves, SnapshotSet? set)
    {
        var root = joins.Root;
        if (set is null || query.Query.Ungrouped == true || leaves.Count == 0 || joins.Joins.Count == 0 || joins.Multiplies(root)) return null;
        if (joins.Joins.Where(join => join.From == root).ToList() is not [var join] || root.Table is not { } table || join.Target.Table is not { } keys) return null;
        if (set.RowsOf(table) / LeastRowsPerKey < set.RowsOf(keys)) return null;
        if (KeyOf(join) is not { } key || joins.Joins.Any(other => other != join && MemberSql.On(other).Contains(root.Alias, StringComparison.Ordinal))) return null;
        if (!leaves.All(leaf => Aggregates.AddsUp(leaf) && IsOf(root, leaf) == true) || !query.AskedMeasures.All(Aggregates.IsMadeOfMeasures)) return null;
        var found = new KeyedRows(root, key, leaves);
        var groups = query.Dimensions.Concat(query.Times.Where(time => time.Granularity is not null).Select(time => time.Dimension));
        var conditions = query.Times.Select(time => (IEnumerable<Member>)[time.Dimension]).Concat(query.Segments.Select(segment => (IEnumerable<Member>)[segment])).Concat(query.RowFilters.Select(filter => filter.Members));
        return groups.All(found.IsElsewhere) && conditions.All(members => members.All(found.IsHere) || members.All(found.IsElsewhere)) ? found : null;
    }

    /// <summary>A condition on it holds before the join.</summary>
    public bool IsHere(Member member) => IsOf(_root, member) == true;

    /// <summary>A condition on it holds after the join.</summary>
    public bool IsElsewhere(Member member) => IsOf(_root, member) == false;

    /// <summary>In place of the root's table.</summary>
    /// <param name="where">The conditions on the root alone, with their keyword.</param>
    public string Sql(string where)
    {
        var sums = _measures.Select((measure, i) => $"{Aggregates.Write(measure, MemberSql.Input(measure), isRepeated: false)} AS \"{Column(i)}\"");
        return $"(SELECT {_root.Alias}.\"{_key}\", {string.Join(", ", sums)} FROM {FromClause.Source(_root)} AS {_root.Alias}{where} GROUP BY 1)";
    }

    /// <summary>Adds up what stands beside the keys.</summary>
    public string Merge(Measure leaf) => Aggregates.Merge(leaf, $"{_root.Alias}.\"{Column(Position(leaf))}\"");

    private int Position(Measure leaf)
    {
        for (var i = 0; i < _measures.Count; i++)
        {
            if (_measures[i] == leaf) return i;
        }
        throw new InvalidOperationException($"'{leaf.FullName}' is not among the measures that were added up.");
    }

    private static string Column(int position) => $"part_{position}";

    // True: of the root alone; false: nothing of the root; null: of both, or computed in a query of its own.
    private static bool? IsOf(Cube root, Member member) =>
        TouchedCubes.Of(member) is { } cubes && !(cubes.Count > 1 && cubes.Contains(root)) ? cubes.Contains(root) : null;

    // The join is by one column of each: any other condition could tell rows of a key apart.
    private static string? KeyOf(Join join)
    {
        if (Equality().Match(MemberSql.On(join)) is not { Success: true } match) return null;
        var (left, right) = (match.Groups["left"].Value, match.Groups["right"].Value);
        return left == join.From.Alias && right == join.Target.Alias ? match.Groups["of_left"].Value
            : right == join.From.Alias && left == join.Target.Alias ? match.Groups["of_right"].Value
            : null;
    }

    [GeneratedRegex("""^(?<left>"[^"]+")\."?(?<of_left>[A-Za-z_]\w*)"? *= *(?<right>"[^"]+")\."?(?<of_right>[A-Za-z_]\w*)"?$""")]
    private static partial Regex Equality();
}
