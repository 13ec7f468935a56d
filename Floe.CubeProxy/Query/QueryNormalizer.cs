using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Query;

/// <summary>Turns the JSON of a request into checked queries: defaults filled in, dates resolved against the clock, comparisons unfolded.</summary>
public sealed partial class QueryNormalizer(TimeProvider clock)
{
    private const int MostQueries = 50;

    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly DateRangeParser _dates = new(clock);

    /// <param name="request">The <c>query</c> of the request: one query or a list of them.</param>
    /// <param name="cacheMode">The request's <c>cache</c>; null: the default.</param>
    /// <exception cref="CubeApiException">The request is wrong; with Cube's text and status.</exception>
    public QuerySet Normalize(JsonElement request, string? cacheMode)
    {
        if (cacheMode is not null) QueryShape.CheckCacheMode(cacheMode);
        var isList = request.ValueKind == JsonValueKind.Array;
        var sources = isList ? [.. request.EnumerateArray()] : (List<JsonElement>)[request];
        var queries = new List<CubeQuery>();
        var compares = false;
        foreach (var source in sources) queries.AddRange(NormalizeOne(source, cacheMode, isList, ref compares));
        if (queries.Count > MostQueries) throw CubeApiException.BadRequest($"The request has {queries.Count} queries; {MostQueries} can be answered together.", "too_many_queries");
        var type = isList ? QueryType.Blending : compares ? QueryType.CompareDateRange : QueryType.Regular;
        if (type == QueryType.Blending) CheckBlending(queries);
        return new QuerySet(type, queries);
    }

    private List<CubeQuery> NormalizeOne(JsonElement source, string? cacheMode, bool isInList, ref bool compares)
    {
        QueryShape.Check(source, isInList);
        var measures = Texts(source, "measures");
        var dimensions = Texts(source, "dimensions") ?? [];
        var timeSources = source.TryGetProperty("timeDimensions", out var times) ? [.. times.EnumerateArray()] : new List<JsonElement>();
        if (measures is null or [] && dimensions.Count == 0 && !timeSources.Any(time => Granularity(time) is not null))
            throw CubeApiException.BadRequest("Query should contain either measures, dimensions or timeDimensions with granularities in order to be valid");

        var filters = source.TryGetProperty("filters", out var filterList) ? [.. filterList.EnumerateArray()] : new List<JsonElement>();
        if (source.TryGetProperty("limit", out var given) && given.GetDouble() > CubeQuery.MaximalLimit)
            throw new CubeApiException(500, "Error: The query limit has been exceeded.", "limit_exceeded");
        foreach (var filter in filters) CheckValues(filter);

        var (timezone, zone) = source.TryGetProperty("timezone", out var zoneText) && zoneText.GetString() is { Length: > 0 } name ? FindZone(name) : ("UTC", TimeZoneInfo.Utc);
        // "Orders.order_date.month" among the dimensions is a time dimension with granularity.
        var shorthand = dimensions.Where(dimension => dimension.Count(c => c == '.') == 2).ToList();
        var query = new CubeQuery
        {
            Measures = measures,
            Dimensions = [.. dimensions.Where(dimension => !shorthand.Contains(dimension))],
            TimeDimensions = [.. timeSources.Select(time => NormalizeTime(time, zone, isInList)), .. shorthand.Select(SplitGranularity)],
            Filters = [.. filters.Select(filter => NormalizeFilter(filter, zone))],
            Segments = Texts(source, "segments"),
            Order = NormalizeOrder(source),
            Limit = source.TryGetProperty("limit", out var limit) ? (int)limit.GetDouble() : CubeQuery.DefaultLimit,
            Offset = source.TryGetProperty("offset", out var offset) ? (long)offset.GetDouble() : null,
            Total = Flag(source, "total"),
            Ungrouped = Flag(source, "ungrouped"),
            ResponseFormat = source.TryGetProperty("responseFormat", out var format) ? format.GetString() : null,
            JoinHints = source.TryGetProperty("joinHints", out var hints) ? [.. hints.EnumerateArray().Select(hint => hint.EnumerateArray().Select(cube => cube.GetString()!).ToList())] : null,
            Timezone = timezone,
            Zone = zone,
            // A mode inside the query is checked and without effect, as in Cube; it counts beside the query.
            CacheMode = cacheMode ?? "stale-if-slow",
        };

        var comparing = isInList ? [] : timeSources.FindAll(time => time.TryGetProperty("compareDateRange", out _));
        if (comparing.Count == 0) return [query];
        if (comparing.Count > 1) throw CubeApiException.BadRequest("compareDateRange can only exist for one timeDimension");
        compares = true;
        var position = timeSources.FindIndex(time => time.TryGetProperty("compareDateRange", out _));
        return [.. comparing[0].GetProperty("compareDateRange").EnumerateArray().Select(range => query with
        {
            TimeDimensions = [.. query.TimeDimensions.Select((time, i) => i == position ? time with { DateRange = NormalizeRange(range, zone) } : time)],
        })];
    }

    private TimeDimensionQuery NormalizeTime(JsonElement time, TimeZoneInfo zone, bool isInList)
    {
        var compares = time.TryGetProperty("compareDateRange", out var compared);
        return new(
            time.GetProperty("dimension").GetString()!,
            Granularity(time),
            // What is compared stands for the range.
            !compares && time.TryGetProperty("dateRange", out var range) ? NormalizeRange(range, zone) : null,
            compares && isInList ? [.. compared.EnumerateArray().Select(one => ComparedRange(one, zone))] : null);
    }

    private IReadOnlyList<string> ComparedRange(JsonElement range, TimeZoneInfo zone)
    {
        if (range.ValueKind != JsonValueKind.String) return [.. range.EnumerateArray().Select(end => end.GetString()!)];
        var resolved = _dates.Parse(range.GetString()!, zone);
        return [resolved.FromText, resolved.ToText];
    }

    private DateRange NormalizeRange(JsonElement range, TimeZoneInfo zone)
    {
        if (range.ValueKind == JsonValueKind.String) return _dates.Parse(range.GetString()!, zone);
        var from = range[0].GetString()!;
        var to = range[range.GetArrayLength() - 1].GetString()!;
        return new DateRange(ParseStart(from), ParseEnd(to));
    }

    private static DateTime ParseStart(string text) => LocalTime.TryParse(text, out var time) ? time : throw DateRangeParser.CannotParse(text);

    private static DateTime ParseEnd(string text)
    {
        var time = ParseStart(text);
        // A date means its whole day.
        return LocalTime.TryParseDate(text, out _) ? time.AddTicks(TimeSpan.TicksPerDay - TimeSpan.TicksPerMillisecond) : time;
    }

    private FilterNode NormalizeFilter(JsonElement filter, TimeZoneInfo zone)
    {
        if (filter.TryGetProperty("or", out var or)) return new FilterGroup(false, [.. or.EnumerateArray().Select(inner => NormalizeFilter(inner, zone))]);
        if (filter.TryGetProperty("and", out var and)) return new FilterGroup(true, [.. and.EnumerateArray().Select(inner => NormalizeFilter(inner, zone))]);
        var member = (filter.TryGetProperty("member", out var name) ? name : filter.GetProperty("dimension")).GetString()!;
        var operation = filter.GetProperty("operator").GetString()!;
        List<string?>? values = filter.TryGetProperty("values", out var list) ? [.. list.EnumerateArray().Select(ValueText)] : null;
        return new MemberFilter(member, operation, values is null ? null : ResolveDates(operation, values, zone));
    }

    private IReadOnlyList<string?> ResolveDates(string operation, List<string?> values, TimeZoneInfo zone)
    {
        var isRange = operation is "inDateRange" or "notInDateRange" or "onTheDate";
        if (isRange && values.Count > 1 && values.Exists(value => value is not null && !AbsoluteTime().IsMatch(value)))
            throw CubeApiException.BadRequest($"Relative-date strings are only supported when `values` has a single element for operator `{operation}`. Pass an absolute two-element [start, end] pair, or a single relative string like [\"last 2 weeks\"]. Got: {JsonSerializer.Serialize(values, _plain)}", "invalid_date");
        if (values is not [{ } single]) return values;
        if (isRange)
        {
            var range = _dates.Parse(single, zone);
            return [range.FromText, range.ToText];
        }
        // A date stays as it was written, what is relative becomes its first or last moment.
        return operation switch
        {
            "beforeDate" or "afterOrOnDate" when !AbsoluteTime().IsMatch(single) => [_dates.Parse(single, zone).FromText],
            "beforeOrOnDate" or "afterDate" when !AbsoluteTime().IsMatch(single) => [_dates.Parse(single, zone).ToText],
            _ => values,
        };
    }

    // As JavaScript writes them.
    private static string? ValueText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Number => value.GetDouble().ToString(CultureInfo.InvariantCulture),
        _ => value.GetString(),
    };

    private static void CheckValues(JsonElement filter)
    {
        if (filter.TryGetProperty("or", out var group) || filter.TryGetProperty("and", out group))
        {
            foreach (var inner in group.EnumerateArray()) CheckValues(inner);
            return;
        }
        if ((!filter.TryGetProperty("values", out var values) || values.GetArrayLength() == 0) && FilterOperators.NeedsValues(filter.GetProperty("operator").GetString()!))
            throw CubeApiException.BadRequest($"Values required for filter: {JsonSerializer.Serialize(filter, _plain)}");
    }

    private static List<OrderItem>? NormalizeOrder(JsonElement source)
    {
        if (!source.TryGetProperty("order", out var order)) return null;
        return order.ValueKind == JsonValueKind.Object
            ? [.. order.EnumerateObject().Select(item => new OrderItem(item.Name, item.Value.GetString() == "desc"))]
            : [.. order.EnumerateArray().Select(item => new OrderItem(item[0].GetString()!, item[1].GetString() == "desc"))];
    }

    private static void CheckBlending(List<CubeQuery> queries)
    {
        var granularities = queries.Select(query => query.TimeDimensions is [{ Granularity: { } granularity }, ..] ? granularity : null).OfType<string>().Distinct().ToList();
        if (granularities.Count > 1) throw CubeApiException.BadRequest("Data blending query granularities must match");
        if (granularities.Count == 0) throw CubeApiException.BadRequest("Data blending query without granularity is not supported");
    }

    private static TimeDimensionQuery SplitGranularity(string text)
    {
        var dot = text.LastIndexOf('.');
        return new TimeDimensionQuery(text[..dot], text[(dot + 1)..], null);
    }

    private static (string Name, TimeZoneInfo Zone) FindZone(string name)
    {
        if (name is "UTC" or "Etc/UTC" or "GMT") return (name, TimeZoneInfo.Utc);
        // Names that reach the file system as a path are no zone names.
        if (ZoneName().IsMatch(name))
        {
            if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.Id == name) return (name, zone);
            if (TimeZoneInfo.GetSystemTimeZones().FirstOrDefault(known => known.Id.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } known) return (known.Id, known);
        }
        throw CubeApiException.InvalidFormat($"\"timezone\" must be a valid IANA time zone, got \"{name}\"");
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*\z")]
    private static partial Regex ZoneName();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?)?\z")]
    private static partial Regex AbsoluteTime();

    private static string? Granularity(JsonElement time) =>
        time.TryGetProperty("granularity", out var granularity) && granularity.ValueKind == JsonValueKind.String ? granularity.GetString() : null;

    private static bool? Flag(JsonElement source, string key) => source.TryGetProperty(key, out var value) ? value.GetBoolean() : null;

    private static List<string>? Texts(JsonElement source, string key) =>
        source.TryGetProperty(key, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString()!)] : null;
}
