using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Planning;

/// <summary>Finds a query's names in the model; errors in Cube's words.</summary>
internal sealed class MemberResolver(SemanticModel model)
{
    public ResolvedQuery Resolve(CubeQuery query)
    {
        var measures = (query.Measures ?? []).Distinct().Select(Find<Measure>).ToList();
        var dimensions = query.Dimensions.Distinct().Select(Find<Dimension>).ToList();
        var segments = (query.Segments ?? []).Distinct().Select(Find<Segment>).ToList();
        var times = query.TimeDimensions.Select(ResolveTime).ToList();
        var rows = new List<ResolvedFilter>();
        var aggregates = new List<ResolvedFilter>();
        foreach (var filter in query.Filters) Sort(filter, Resolve(filter), rows, aggregates);
        return new ResolvedQuery
        {
            Query = query,
            Measures = measures,
            Dimensions = dimensions,
            Segments = segments,
            Times = times,
            RowFilters = rows,
            MeasureFilters = aggregates,
            JoinHints = [.. (query.JoinHints ?? []).Select(hint => hint.Select(FindCube).ToList())],
        };
    }

    private ResolvedTime ResolveTime(TimeDimensionQuery time)
    {
        var dimension = Find<Dimension>(time.Dimension);
        var custom = time.Granularity is null ? null : dimension.Granularities.FirstOrDefault(granularity => granularity.Name == time.Granularity);
        if (time.Granularity is not null && custom is null && (dimension.Type != DimensionType.Time || !Granularities.IsKnown(time.Granularity)))
            throw CubeApiException.User($"Granularity \"{time.Granularity}\" does not exist in dimension {dimension.FullName}", "unknown_granularity");
        if (dimension.Type != DimensionType.Time)
            throw CubeApiException.User($"'{dimension.FullName}' is of type {dimension.ApiType}; a time dimension is of type time.", "not_a_time_dimension");
        return new ResolvedTime(dimension, time.Granularity, time.DateRange, custom);
    }

    private ResolvedFilter Resolve(FilterNode filter) => filter switch
    {
        // An empty group is no condition, wherever it stands.
        FilterGroup group => new ResolvedFilterGroup(group.IsAnd, [.. group.Filters.Where(inner => !IsEmpty(inner)).Select(Resolve)]),
        TrueFilter => new ResolvedFilterGroup(true, []),
        MemberFilter { Operator: "measureFilter" } rows when FindAny(rows.Member) is Measure measure => new ResolvedMeasureRows(measure),
        MemberFilter one => new ResolvedMemberFilter(FindAny(one.Member), one),
        _ => throw new InvalidOperationException($"A filter of type {filter.GetType().Name} is not known."),
    };

    private static bool IsEmpty(FilterNode filter) => filter is FilterGroup group && group.Filters.All(IsEmpty);

    // What names rows goes to WHERE, what names aggregates to HAVING; a group cannot go to both.
    private static void Sort(FilterNode source, ResolvedFilter filter, List<ResolvedFilter> rows, List<ResolvedFilter> aggregates)
    {
        var members = filter.Members.ToList();
        if (members.Count == 0) return;
        if (filter is ResolvedMeasureRows || !members.Exists(member => member is Measure)) rows.Add(filter);
        else if (members.TrueForAll(member => member is Measure)) aggregates.Add(filter);
        else throw CubeApiException.User($"You cannot use dimension and measure in same condition: {Text(source)}", "mixed_filter");
    }

    private static string Text(FilterNode filter)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) QueryEcho.WriteFilter(json, filter);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private T Find<T>(string path) where T : Member =>
        FindCube(path, out var name).Find(name) as T ?? throw NotFound(name, path);

    private Member FindAny(string path) => FindCube(path, out var name).Find(name) ?? throw NotFound(name, path);

    private Cube FindCube(string name) =>
        model.Find(name) is { IsView: false } cube ? cube : throw CubeApiException.User($"Cube '{name}' not found for path '{name}'");

    private Cube FindCube(string path, out string name)
    {
        var dot = path.IndexOf('.');
        name = path[(dot + 1)..];
        return model.Find(path[..dot]) ?? throw CubeApiException.User($"Cube '{path[..dot]}' not found for path '{path}'");
    }

    private static CubeApiException NotFound(string name, string path) => CubeApiException.User($"'{name}' not found for path '{path}'");
}
