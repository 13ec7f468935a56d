using System.Globalization;
using System.Text.Json;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>One answered query.</summary>
internal sealed record Answered(CubeQuery Query, QueryPlan Plan, QueryResult Result);

/// <summary>The answer of <c>/v1/load</c>, plain and with <c>queryType=multi</c>.</summary>
internal static class LoadAnswer
{
    public static void Write(Utf8JsonWriter json, Answered answered, QueryType type, DateTimeOffset refreshed)
    {
        var (query, plan, result) = answered;
        json.WriteStartObject();
        json.WritePropertyName("query");
        QueryEcho.Write(json, query);
        json.WriteString("lastRefreshTime", refreshed.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        Annotation.Write(json, plan.Members);
        json.WriteString("dataSource", "default");
        json.WriteString("dbType", "duckdb");
        json.WriteBoolean("external", false);
        json.WriteBoolean("slowQuery", false);
        if (result.Total is { } total) json.WriteNumber("total", total);
        json.WritePropertyName("data");
        var fields = Fields(query, plan, type);
        // Cube takes the format of a single query only, and names no members where there are no rows.
        if (result.Rows.Count == 0) fields = [];
        switch (type == QueryType.Blending ? null : query.ResponseFormat)
        {
            case "compact": WriteCompact(json, result, fields); break;
            case "columnar": WriteColumns(json, result, fields); break;
            default: WriteRows(json, result, fields); break;
        }
        json.WriteEndObject();
    }

    public static void WriteMulti(Utf8JsonWriter json, QuerySet set, IReadOnlyList<Answered> answers, DateTimeOffset refreshed)
    {
        json.WriteStartObject();
        json.WriteString("queryType", set.Type.ApiName());
        json.WriteStartArray("results");
        foreach (var answered in answers) Write(json, answered, set.Type, refreshed);
        json.WriteEndArray();
        json.WritePropertyName("pivotQuery");
        QueryEcho.WritePivot(json, set);
        json.WriteBoolean("slowQuery", false);
        json.WriteEndObject();
    }

    /// <summary>The keys of a row: each with its column, or with a text that is the same in all rows.</summary>
    private static List<Field> Fields(CubeQuery query, QueryPlan plan, QueryType type)
    {
        var fields = plan.Columns.Select((column, i) => new Field(JsonEncodedText.Encode(column.Key), column.Key, i)).ToList();
        for (var i = 0; i < plan.Columns.Count; i++)
        {
            if (plan.Columns[i].AlsoAs is { } also) fields.Add(new Field(JsonEncodedText.Encode(also), also, i));
        }
        if (type == QueryType.CompareDateRange && query.TimeDimensions.FirstOrDefault(time => time.DateRange is not null)?.DateRange is { } range)
            fields.Add(new Field(JsonEncodedText.Encode("compareDateRange"), "compareDateRange", -1, $"{range.FromText} - {range.ToText}"));
        if (type == QueryType.Blending && query.TimeDimensions.FirstOrDefault(time => time.Granularity is not null) is { } blended)
        {
            var key = $"time.{blended.Granularity}";
            var column = fields.FindIndex(field => field.Name == $"{blended.Dimension}.{blended.Granularity}");
            fields.Add(new Field(JsonEncodedText.Encode(key), key, column));
        }
        return fields;
    }

    private static void WriteRows(Utf8JsonWriter json, QueryResult result, List<Field> fields)
    {
        json.WriteStartArray();
        foreach (var row in result.Rows)
        {
            json.WriteStartObject();
            foreach (var field in fields)
            {
                json.WritePropertyName(field.Key);
                WriteCell(json, field, row);
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteCompact(Utf8JsonWriter json, QueryResult result, List<Field> fields)
    {
        json.WriteStartObject();
        WriteMembers(json, fields);
        json.WriteStartArray("dataset");
        foreach (var row in result.Rows)
        {
            json.WriteStartArray();
            foreach (var field in fields) WriteCell(json, field, row);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteColumns(Utf8JsonWriter json, QueryResult result, List<Field> fields)
    {
        json.WriteStartObject();
        WriteMembers(json, fields);
        json.WriteStartArray("columns");
        foreach (var field in fields)
        {
            json.WriteStartArray();
            foreach (var row in result.Rows) WriteCell(json, field, row);
            json.WriteEndArray();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter json, List<Field> fields)
    {
        json.WriteStartArray("members");
        foreach (var field in fields) json.WriteStringValue(field.Key);
        json.WriteEndArray();
    }

    private static void WriteCell(Utf8JsonWriter json, Field field, object?[] row)
    {
        switch (field.Column < 0 ? field.Constant : row[field.Column])
        {
            case null: json.WriteNullValue(); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case string text: json.WriteStringValue(text); break;
            case var other: throw new InvalidOperationException($"A cell of type {other.GetType().Name} cannot be written.");
        }
    }

    private sealed record Field(JsonEncodedText Key, string Name, int Column, string? Constant = null);
}
