using System.Globalization;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>
/// A rollup as a table: how it is built and which queries it answers. It holds measures that can be added up further and whose
/// rows no join of the rollup repeats; a query is covered when it asks for nothing finer and joins the same way.
/// </summary>
public sealed class RollupTable
{
    public const string Schema = "floe_rollups";

    private const string TimeColumn = "\"time\"";

    private readonly JoinTree _joins;
    private readonly Dictionary<Member, string> _columns = [];
    private readonly Rollup _rollup;

    private RollupTable(Rollup rollup, JoinTree joins)
    {
        _rollup = rollup;
        _joins = joins;
        var groups = new List<string>();
        foreach (var dimension in rollup.Dimensions.Distinct()) groups.Add(Column(dimension, "d", MemberSql.Of(dimension)));
        foreach (var segment in rollup.Segments.Distinct()) groups.Add(Column(segment, "s", $"({MemberSql.Of(segment)})"));
        if (rollup.Time is { } time) groups.Add($"date_trunc('{rollup.Granularity}', {UtcTime.Of(MemberSql.Of(time))}) AS {TimeColumn}");
        var leaves = rollup.Measures.SelectMany(Aggregates.Leaves).Distinct().ToList();
        Unusable = [.. leaves.Where(leaf => !Aggregates.AddsUp(leaf) || joins.Multiplies(leaf.Cube))];
        var sums = leaves.Except(Unusable).Select(leaf => Column(leaf, "m", Aggregates.Write(leaf, MemberSql.Input(leaf), isRepeated: false))).ToList();
        var groupBy = groups.Count == 0 ? "" : $" GROUP BY {string.Join(", ", Enumerable.Range(1, groups.Count))}";
        BuildSql = $"SELECT {string.Join(", ", [.. groups, .. sums])} FROM {FromClause.Write(joins)}{groupBy}";
    }

    /// <summary>Name of its view in a set of snapshots.</summary>
    public string Name => _rollup.FullName;

    public string Quoted => $"\"{Schema}\".\"{Name}\"";

    /// <summary>A query over the set's tables.</summary>
    public string BuildSql { get; }

    /// <summary>Measures that it was asked to hold and cannot add up; queries for them read the tables.</summary>
    public IReadOnlyList<Measure> Unusable { get; }

    /// <summary>The tables it is made of; null: not known, a cube has a query of its own.</summary>
    public IReadOnlyList<TableName>? Sources => _joins.Cubes.Any(cube => cube.Table is null) ? null : [.. _joins.Cubes.Select(cube => cube.Table!.Value).Distinct()];

    /// <summary>Null when it cannot be built once for all queries.</summary>
    /// <param name="reason">Why not.</param>
    internal static RollupTable? TryCreate(Rollup rollup, Func<IEnumerable<Member>, JoinTree?> findJoins, out string reason)
    {
        reason = "";
        List<Member> members = [.. rollup.Measures, .. rollup.Dimensions, .. rollup.Segments];
        if (rollup.Time is not null) members.Add(rollup.Time);
        if (members.Count == 0) reason = "holds nothing";
        else if (SubQueries.Of(members).Any()) reason = "has a sub_query dimension";
        else if (findJoins(members) is not { } joins) reason = "has cubes that cannot be joined";
        else if (joins.Cubes.FirstOrDefault(cube => cube.HasFilterParams) is { } filtered) reason = $"reads '{filtered.Name}', whose rows depend on the query (FILTER_PARAMS)";
        else return new RollupTable(rollup, joins);
        return null;
    }

    /// <summary>True when the rollup gives exactly what the tables would give.</summary>
    internal bool Covers(ResolvedQuery query, IEnumerable<Measure> leaves, JoinTree joins) =>
        query.Query.Ungrouped != true
        // The same start, and ways that the rollup has gone, too: its rows then are the query's rows, grouped.
        && joins.Root == _joins.Root && joins.Joins.All(_joins.Joins.Contains)
        && leaves.All(_columns.ContainsKey) && query.AskedMeasures.All(Aggregates.IsMadeOfMeasures)
        && query.Dimensions.All(Has) && query.Segments.All(Has)
        && query.RowFilters.SelectMany(filter => filter.Members).All(member => member is not Measure && Has(member))
        && query.Times.All(time => Has(time.Dimension) || CoversTime(time, query.Query.Zone));

    internal string? ColumnOf(Member member) => _columns.GetValueOrDefault(member.Underlying) ?? (member.Underlying == _rollup.Time ? TimeColumn : null);

    /// <summary>Adds up what the rollup holds of a measure.</summary>
    internal string Merge(Measure leaf) => Aggregates.Merge(leaf, _columns[leaf]);

    private bool Has(Member member) => _columns.ContainsKey(member.Underlying);

    private bool CoversTime(ResolvedTime time, TimeZoneInfo zone) =>
        time.Dimension.Underlying == _rollup.Time && zone == TimeZoneInfo.Utc
        && (time.Granularity is null || time.IsMadeOf(_rollup.Granularity!))
        && (time.Range is not { } range || (IsStart(range.From) && IsStart(range.To.AddMilliseconds(1))));

    private bool IsStart(DateTime time) => Granularities.StartOf(time, _rollup.Granularity!) == time;

    private string Column(Member member, string kind, string sql)
    {
        var column = string.Create(CultureInfo.InvariantCulture, $"\"{kind}{_columns.Count}\"");
        _columns.Add(member, column);
        return $"{sql} AS {column}";
    }
}
