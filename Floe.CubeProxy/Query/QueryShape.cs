using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Floe.CubeProxy.Query;

/// <summary>
/// Checks the JSON of one query against the API's schema. The words are those that Cube's clients see (the schema
/// library's), so that a client that reads them finds what it expects.
/// </summary>
internal static partial class QueryShape
{
    private const string MemberPattern = @"/^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$/";
    private const string OrderPattern = @"/^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$|^[a-zA-Z0-9_]+$|^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$/";
    private const string DimensionPattern = @"/^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)?$/";

    private const int LongestGranularity = 128;

    private static readonly HashSet<string> _keys =
        ["measures", "dimensions", "filters", "timeDimensions", "order", "segments", "timezone", "limit", "offset", "total", "ungrouped", "responseFormat", "joinHints", "cacheMode", "cache"];

    private static readonly string[] _cacheModes = ["stale-if-slow", "stale-while-revalidate", "must-revalidate", "no-cache"];

    /// <param name="isInList">One of several queries; there a comparison is not unfolded.</param>
    public static void Check(JsonElement query, bool isInList)
    {
        if (query.ValueKind != JsonValueKind.Object) throw Fail("value", "must be of type object");
        if (query.TryGetProperty("maskedMembers", out var masked) && masked.ValueKind is not (JsonValueKind.Null or JsonValueKind.False)) throw CubeApiException.User("maskedMembers cannot be provided in the query", "invalid_query");
        CheckMembers(query, "measures", Member(), MemberPattern);
        CheckMembers(query, "dimensions", MemberWithGranularity(), DimensionPattern);
        CheckFilters(query);
        CheckTimeDimensions(query, isInList);
        CheckOrder(query);
        CheckMembers(query, "segments", Member(), MemberPattern);
        if (query.TryGetProperty("timezone", out var timezone) && timezone.ValueKind is not (JsonValueKind.String or JsonValueKind.Null)) throw Fail("timezone", "must be a string");
        CheckCount(query, "limit");
        CheckCount(query, "offset");
        CheckFlag(query, "total");
        if (query.TryGetProperty("cache", out var cache) && cache.ValueKind != JsonValueKind.Null) CheckCacheMode(cache.ValueKind == JsonValueKind.String ? cache.GetString()! : "");
        CheckFlag(query, "ungrouped");
        CheckOneOf(query, "responseFormat", "default", "compact", "columnar");
        CheckJoinHints(query);
        foreach (var property in query.EnumerateObject())
        {
            if (!_keys.Contains(property.Name)) throw Fail(property.Name, "is not allowed");
        }
    }

    /// <summary>Checks the cache mode that came beside the query.</summary>
    public static void CheckCacheMode(string mode)
    {
        if (!_cacheModes.Contains(mode)) throw Fail("cacheMode", $"must be one of [{string.Join(", ", _cacheModes)}]");
    }

    public static bool IsMember(string text) => Member().IsMatch(text);

    private static CubeApiException Fail(string path, string rule) => CubeApiException.InvalidFormat($"\"{path}\" {rule}");

    private static void CheckMembers(JsonElement query, string key, Regex pattern, string patternText)
    {
        if (!TryArray(query, key, key, out var list)) return;
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind == JsonValueKind.Object) throw Fail($"{key}[{i}]", "does not match any of the allowed types");
            if (item.ValueKind != JsonValueKind.String) throw Fail($"{key}[{i}]", "must be one of [string, object]");
            CheckPattern(item.GetString()!, $"{key}[{i}]", pattern, patternText);
            i++;
        }
    }

    private static void CheckPattern(string text, string path, Regex pattern, string patternText)
    {
        if (text.Length == 0) throw Fail(path, "is not allowed to be empty");
        if (!pattern.IsMatch(text)) throw Fail(path, $"with value \"{text}\" fails to match the required pattern: {patternText}");
    }

    private static void CheckFilters(JsonElement query)
    {
        if (!TryArray(query, "filters", "filters", out var list)) return;
        var i = 0;
        foreach (var filter in list.EnumerateArray())
        {
            if (!IsFilter(filter)) throw Fail($"filters[{i}]", "does not match any of the allowed types");
            i++;
        }
    }

    private static bool IsFilter(JsonElement filter)
    {
        if (filter.ValueKind != JsonValueKind.Object) return false;
        if (filter.TryGetProperty("or", out var group) || filter.TryGetProperty("and", out group))
            return filter.EnumerateObject().Count() == 1 && group.ValueKind == JsonValueKind.Array && group.EnumerateArray().All(IsFilter);
        var hasOperator = false;
        foreach (var property in filter.EnumerateObject())
        {
            switch (property.Name)
            {
                case "member" or "dimension":
                    if (property.Value.ValueKind != JsonValueKind.String || !Member().IsMatch(property.Value.GetString()!)) return false;
                    break;
                case "operator":
                    if (property.Value.ValueKind != JsonValueKind.String || !FilterOperators.All.Contains(property.Value.GetString()!)) return false;
                    hasOperator = true;
                    break;
                case "values":
                    if (property.Value.ValueKind != JsonValueKind.Array
                        || !property.Value.EnumerateArray().All(value => value.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))) return false;
                    break;
                default:
                    return false;
            }
        }
        return hasOperator && filter.TryGetProperty("member", out _) != filter.TryGetProperty("dimension", out _);
    }

    private static void CheckTimeDimensions(JsonElement query, bool isInList)
    {
        if (!TryArray(query, "timeDimensions", "timeDimensions", out var list)) return;
        var i = 0;
        foreach (var item in list.EnumerateArray())
        {
            var path = $"timeDimensions[{i++}]";
            if (item.ValueKind != JsonValueKind.Object) throw Fail(path, "must be of type object");
            if (!item.TryGetProperty("dimension", out var dimension)) throw Fail($"{path}.dimension", "is required");
            if (dimension.ValueKind != JsonValueKind.String) throw Fail($"{path}.dimension", "must be a string");
            CheckPattern(dimension.GetString()!, $"{path}.dimension", Member(), MemberPattern);
            if (item.TryGetProperty("granularity", out var granularity)) CheckGranularity(granularity, $"{path}.granularity");
            var compares = item.TryGetProperty("compareDateRange", out var compare);
            // What is compared takes the range's place.
            if ((!compares || isInList) && item.TryGetProperty("dateRange", out var range)) CheckDateRange(range, $"{path}.dateRange");
            if (compares)
            {
                if (compare.ValueKind != JsonValueKind.Array) throw Fail($"{path}.compareDateRange", "must be an array");
                if (compare.GetArrayLength() == 0) throw Fail($"{path}.compareDateRange", "must contain at least 1 items");
                foreach (var one in compare.EnumerateArray()) CheckDateRange(one, $"{path}.dateRange");
                if (isInList && item.TryGetProperty("dateRange", out _)) throw Fail(path, "contains a conflict between optional exclusive peers [dateRange, compareDateRange]");
            }
            foreach (var property in item.EnumerateObject())
            {
                if (property.Name is not ("dimension" or "granularity" or "dateRange" or "compareDateRange")) throw Fail($"{path}.{property.Name}", "is not allowed");
            }
        }
    }

    private static void CheckGranularity(JsonElement granularity, string path)
    {
        if (granularity.ValueKind != JsonValueKind.String) throw Fail(path, "must be a string");
        var name = granularity.GetString()!;
        if (name.Length == 0) throw Fail(path, "is not allowed to be empty");
        if (Encoding.UTF8.GetByteCount(name) > LongestGranularity) throw Fail(path, $"length must be less than or equal to {LongestGranularity} characters long");
    }

    private static void CheckDateRange(JsonElement range, string path)
    {
        switch (range.ValueKind)
        {
            case JsonValueKind.String when range.GetString()!.Length == 0:
                throw Fail(path, "is not allowed to be empty");
            case JsonValueKind.String:
                return;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in range.EnumerateArray())
                {
                    if (item.ValueKind != JsonValueKind.String) throw Fail($"{path}[{i}]", "must be a string");
                    if (item.GetString()!.Length == 0) throw Fail($"{path}[{i}]", "is not allowed to be empty");
                    i++;
                }
                if (i < 1) throw Fail(path, "must contain at least 1 items");
                if (i > 2) throw Fail(path, "must contain less than or equal to 2 items");
                return;
            default:
                throw Fail(path, "must be one of [array, string]");
        }
    }

    private static void CheckJoinHints(JsonElement query)
    {
        if (!TryArray(query, "joinHints", "joinHints", out var hints)) return;
        var i = 0;
        foreach (var hint in hints.EnumerateArray())
        {
            if (hint.ValueKind != JsonValueKind.Array) throw Fail($"joinHints[{i}]", "must be an array");
            var j = 0;
            foreach (var cube in hint.EnumerateArray())
            {
                if (cube.ValueKind != JsonValueKind.String) throw Fail($"joinHints[{i}][{j}]", "must be a string");
                j++;
            }
            i++;
        }
    }

    private static void CheckOrder(JsonElement query)
    {
        if (!query.TryGetProperty("order", out var order)) return;
        switch (order.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in order.EnumerateObject())
                {
                    if (!OrderMember().IsMatch(property.Name)) throw Fail($"order.{property.Name}", "is not allowed");
                    if (property.Value is not { ValueKind: JsonValueKind.String } direction || direction.GetString() is not ("asc" or "desc"))
                        throw Fail($"order.{property.Name}", "must be one of [asc, desc]");
                }
                return;
            case JsonValueKind.Array:
                var i = 0;
                foreach (var item in order.EnumerateArray())
                {
                    var path = $"order[{i++}]";
                    if (item.ValueKind != JsonValueKind.Array) throw Fail(path, "must be an array");
                    if (item.GetArrayLength() < 2) throw Fail(path, "must contain at least 2 items");
                    if (item[0].ValueKind != JsonValueKind.String) throw Fail($"{path}[0]", "must be a string");
                    CheckPattern(item[0].GetString()!, $"{path}[0]", OrderMember(), OrderPattern);
                    if (item[1].ValueKind != JsonValueKind.String || item[1].GetString() is not ("asc" or "desc")) throw Fail($"{path}[1]", "must be one of [asc, desc]");
                    if (item.GetArrayLength() > 2) throw Fail(path, "must contain at most 2 items");
                }
                return;
            default:
                throw Fail("order", "must be one of [object, array]");
        }
    }

    private static void CheckCount(JsonElement query, string key)
    {
        if (!query.TryGetProperty(key, out var value)) return;
        if (value.ValueKind != JsonValueKind.Number) throw Fail(key, "must be a number");
        if (!value.TryGetDouble(out var number) || Math.Abs(number) > 9007199254740991) throw Fail(key, "must be a safe number");
        if (number != Math.Floor(number)) throw Fail(key, "must be an integer");
        if (number < 0) throw Fail(key, "must be greater than or equal to 0");
    }

    private static void CheckFlag(JsonElement query, string key)
    {
        if (query.TryGetProperty(key, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) throw Fail(key, "must be a boolean");
    }

    private static void CheckOneOf(JsonElement query, string key, params ReadOnlySpan<string> allowed)
    {
        if (!query.TryGetProperty(key, out var value)) return;
        if (value.ValueKind == JsonValueKind.String && allowed.Contains(value.GetString()!)) return;
        throw Fail(key, $"must be one of [{string.Join(", ", allowed.ToArray())}]");
    }

    private static bool TryArray(JsonElement query, string key, string path, out JsonElement list)
    {
        if (!query.TryGetProperty(key, out list)) return false;
        return list.ValueKind == JsonValueKind.Array ? true : throw Fail(path, "must be an array");
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+\z")]
    private static partial Regex Member();

    [GeneratedRegex(@"^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+)?\z")]
    private static partial Regex MemberWithGranularity();

    [GeneratedRegex(@"^[a-zA-Z0-9_]+(\.[a-zA-Z0-9_]+){0,2}\z")]
    private static partial Regex OrderMember();
}
