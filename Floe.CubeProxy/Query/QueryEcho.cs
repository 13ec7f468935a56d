using System.Text.Json;

namespace Floe.CubeProxy.Query;

/// <summary>Writes a normalised query back, as clients need it to build pivots and series.</summary>
internal static class QueryEcho
{
    public static void Write(Utf8JsonWriter json, CubeQuery query, string? queryType = null, IReadOnlyList<string>? dimensions = null)
    {
        json.WriteStartObject();
        if (query.Measures is not null) WriteTexts(json, "measures", query.Measures);
        WriteTexts(json, "dimensions", dimensions ?? query.Dimensions);
        json.WriteStartArray("timeDimensions");
        foreach (var time in query.TimeDimensions)
        {
            json.WriteStartObject();
            json.WriteString("dimension", time.Dimension);
            if (time.Granularity is not null) json.WriteString("granularity", time.Granularity);
            if (time.DateRange is { } range)
            {
                json.WriteStartArray("dateRange");
                json.WriteStringValue(range.FromText);
                json.WriteStringValue(range.ToText);
                json.WriteEndArray();
            }
            if (time.Compared is not null)
            {
                json.WriteStartArray("compareDateRange");
                foreach (var compared in time.Compared)
                {
                    json.WriteStartArray();
                    foreach (var text in compared) json.WriteStringValue(text);
                    json.WriteEndArray();
                }
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("filters");
        foreach (var filter in query.Filters) WriteFilter(json, filter);
        json.WriteEndArray();
        if (query.Segments is not null) WriteTexts(json, "segments", query.Segments);
        if (query.Order is not null)
        {
            json.WriteStartArray("order");
            foreach (var item in query.Order)
            {
                json.WriteStartObject();
                json.WriteString("id", item.Member);
                json.WriteBoolean("desc", item.Descending);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteNumber("limit", query.Limit);
        json.WriteNumber("rowLimit", query.Limit);
        if (query.Offset is { } offset) json.WriteNumber("offset", offset);
        if (query.Total is { } total) json.WriteBoolean("total", total);
        if (query.Ungrouped is { } ungrouped) json.WriteBoolean("ungrouped", ungrouped);
        if (query.ResponseFormat is not null) json.WriteString("responseFormat", query.ResponseFormat);
        if (query.JoinHints is not null)
        {
            json.WriteStartArray("joinHints");
            foreach (var hint in query.JoinHints)
            {
                json.WriteStartArray();
                foreach (var cube in hint) json.WriteStringValue(cube);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteString("timezone", query.Timezone);
        json.WriteString("cacheMode", query.CacheMode);
        if (queryType is not null) json.WriteString("queryType", queryType);
        json.WriteEndObject();
    }

    /// <summary>The query that describes all results together.</summary>
    public static void WritePivot(Utf8JsonWriter json, QuerySet set)
    {
        var first = set.Queries[0];
        switch (set.Type)
        {
            case QueryType.CompareDateRange:
                Write(json, first, set.Type.ApiName(), ["compareDateRange", .. first.Dimensions]);
                return;
            case QueryType.Blending:
                json.WriteStartObject();
                WriteTexts(json, "measures", [.. set.Queries.SelectMany(query => query.Measures ?? []).Distinct()]);
                WriteTexts(json, "dimensions", [.. set.Queries.SelectMany(query => query.Dimensions).Distinct()]);
                json.WriteStartArray("timeDimensions");
                json.WriteStartObject();
                json.WriteString("dimension", "time");
                json.WriteString("granularity", first.TimeDimensions.First(time => time.Granularity is not null).Granularity);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WriteString("queryType", set.Type.ApiName());
                json.WriteEndObject();
                return;
            default:
                Write(json, first, set.Type.ApiName());
                return;
        }
    }

    public static void WriteFilter(Utf8JsonWriter json, FilterNode filter)
    {
        json.WriteStartObject();
        switch (filter)
        {
            case FilterGroup group:
                json.WriteStartArray(group.IsAnd ? "and" : "or");
                foreach (var inner in group.Filters) WriteFilter(json, inner);
                json.WriteEndArray();
                break;
            case MemberFilter one:
                json.WriteString("member", one.Member);
                json.WriteString("operator", one.Operator);
                if (one.Values is not null)
                {
                    json.WriteStartArray("values");
                    foreach (var value in one.Values) json.WriteStringValue(value);
                    json.WriteEndArray();
                }
                break;
        }
        json.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter json, string key, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(key);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
