using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>Compares answers: key order ignored, numbers numerically, rows in the order that the query decides.</summary>
internal static class JsonComparison
{
    private static readonly HashSet<string> _ignored = ["lastRefreshTime"];

    /// <summary>Nothing when equal; else what differs and where.</summary>
    public static IEnumerable<string> Differences(JsonNode? expected, JsonNode? actual, string path = "$")
    {
        switch (expected, actual)
        {
            case (JsonObject left, JsonObject right):
                foreach (var key in left.Select(pair => pair.Key).Union(right.Select(pair => pair.Key)).Where(key => !_ignored.Contains(key)))
                {
                    if (!right.ContainsKey(key)) yield return $"{path}.{key} is missing";
                    else if (!left.ContainsKey(key)) yield return $"{path}.{key} is not expected: {right[key]?.ToJsonString()}";
                    else if (key == "data" && left[key] is JsonArray rows && right[key] is JsonArray actualRows)
                    {
                        foreach (var difference in RowDifferences(rows, actualRows, OrderKeys(left["query"]?.AsObject()), $"{path}.data")) yield return difference;
                    }
                    else
                    {
                        foreach (var difference in Differences(left[key], right[key], $"{path}.{key}")) yield return difference;
                    }
                }
                break;
            case (JsonArray left, JsonArray right):
                if (left.Count != right.Count)
                {
                    yield return $"{path} has {right.Count} entries instead of {left.Count}";
                    break;
                }
                for (var i = 0; i < left.Count; i++)
                {
                    foreach (var difference in Differences(left[i], right[i], $"{path}[{i}]")) yield return difference;
                }
                break;
            default:
                if (!AreEqual(expected, actual)) yield return $"{path} is {actual?.ToJsonString() ?? "null"} instead of {expected?.ToJsonString() ?? "null"}";
                break;
        }
    }

    private static IEnumerable<string> RowDifferences(JsonArray expected, JsonArray actual, IReadOnlyList<string> orderKeys, string path)
    {
        if (expected.Count != actual.Count)
        {
            yield return $"{path} has {actual.Count} rows instead of {expected.Count}";
            yield break;
        }
        for (var i = 0; i < expected.Count; i++)
        {
            foreach (var key in orderKeys.Where(key => expected[i]!.AsObject().ContainsKey(key)))
            {
                if (!AreEqual(expected[i]![key], actual[i]?[key])) yield return $"{path}[{i}].{key} is {actual[i]?[key]?.ToJsonString()} instead of {expected[i]![key]?.ToJsonString()}: the order differs";
            }
        }
        // Ties may come in any order.
        var open = actual.ToList();
        for (var i = 0; i < expected.Count; i++)
        {
            var row = expected[i];
            var match = open.FindIndex(candidate => !Differences(row, candidate).Any());
            if (match < 0) yield return $"{path} lacks the row {row?.ToJsonString()}";
            else open.RemoveAt(match);
        }
    }

    private static List<string> OrderKeys(JsonObject? query)
    {
        if (query is null) return [];
        if (query["order"] is JsonArray { Count: > 0 } order) return [.. order.Select(item => item!["id"]!.GetValue<string>())];
        if (query["timeDimensions"] is JsonArray times && times.FirstOrDefault(time => time!["granularity"] is not null) is { } time) return [time["dimension"]!.GetValue<string>()];
        return query["measures"] is JsonArray { Count: > 0 } measures ? [measures[0]!.GetValue<string>()]
            : query["dimensions"] is JsonArray { Count: > 0 } dimensions ? [dimensions[0]!.GetValue<string>()] : [];
    }

    private static bool AreEqual(JsonNode? expected, JsonNode? actual)
    {
        if (expected is null || actual is null) return expected is null && actual is null;
        if (JsonNode.DeepEquals(expected, actual)) return true;
        return expected.GetValueKind() == JsonValueKind.String && actual.GetValueKind() == JsonValueKind.String
            && TryNumber(expected, out var left) && TryNumber(actual, out var right)
            && Math.Abs(left - right) <= 1e-9 * Math.Max(1, Math.Abs(left));
    }

    private static bool TryNumber(JsonNode node, out double number) =>
        double.TryParse(node.GetValue<string>(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
}
