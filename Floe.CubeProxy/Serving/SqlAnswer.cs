using System.Collections;
using System.Globalization;
using System.Text.Json;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>The answers of <c>/v1/sql</c> and <c>/v1/dry-run</c>: what would be done.</summary>
internal static class SqlAnswer
{
    public static void Write(Utf8JsonWriter json, QueryPlan plan)
    {
        json.WriteStartObject();
        json.WriteStartObject("sql");
        json.WriteBoolean("external", false);
        json.WriteStartArray("sql");
        json.WriteStringValue(plan.Sql);
        json.WriteStartArray();
        foreach (var value in plan.Parameters) json.WriteStringValue(Text(value));
        json.WriteEndArray();
        json.WriteEndArray();
        WriteOrder(json, "order", plan);
        json.WriteStartArray("cacheKeyQueries");
        json.WriteEndArray();
        json.WriteStartArray("preAggregations");
        json.WriteEndArray();
        json.WriteString("dataSource", "default");
        json.WriteStartObject("aliasNameToMember");
        foreach (var column in plan.Columns) json.WriteString(column.Alias, column.Key);
        json.WriteEndObject();
        json.WriteStartArray("memberNames");
        foreach (var name in plan.Members.AllMembers.Select(member => member.FullName).Distinct()) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteString("dataSource", "default");
        json.WriteEndObject();
    }

    public static void WriteDryRun(Utf8JsonWriter json, QuerySet set, IReadOnlyList<QueryPlan> plans)
    {
        json.WriteStartObject();
        json.WriteString("queryType", set.Type.ApiName());
        json.WriteStartArray("normalizedQueries");
        // The first is the pivot's, too, except where that is a query of its own.
        foreach (var query in set.Queries)
        {
            if (query == set.Queries[0] && set.Type != QueryType.Blending) QueryEcho.WritePivot(json, set);
            else QueryEcho.Write(json, query);
        }
        json.WriteEndArray();
        json.WriteStartArray("queryOrder");
        foreach (var plan in plans) WriteOrder(json, null, plan);
        json.WriteEndArray();
        json.WriteStartArray("transformedQueries");
        json.WriteEndArray();
        json.WritePropertyName("pivotQuery");
        QueryEcho.WritePivot(json, set);
        json.WriteEndObject();
    }

    private static void WriteOrder(Utf8JsonWriter json, string? key, QueryPlan plan)
    {
        if (key is null) json.WriteStartObject();
        else json.WriteStartObject(key);
        // What was asked for, or what holds without.
        var order = plan.Members.Query.Order?.Select(item => (item.Member, item.Descending)) ?? plan.Order;
        foreach (var (member, descending) in order.DistinctBy(item => item.Member)) json.WriteString(member, descending ? "desc" : "asc");
        json.WriteEndObject();
    }

    private static string Text(object value) => value switch
    {
        DateTime time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable list => $"[{string.Join(", ", list.Cast<object>().Select(Text))}]",
        _ => value.ToString() ?? "",
    };
}
