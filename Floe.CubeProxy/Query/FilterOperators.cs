namespace Floe.CubeProxy.Query;

/// <summary>The operators of filters, by the API's names.</summary>
public static class FilterOperators
{
    public static readonly IReadOnlySet<string> All = new HashSet<string>(StringComparer.Ordinal)
    {
        "equals", "notEquals", "contains", "notContains", "startsWith", "notStartsWith", "endsWith", "notEndsWith",
        "in", "notIn", "gt", "gte", "lt", "lte", "set", "notSet",
        "inDateRange", "notInDateRange", "onTheDate", "beforeDate", "beforeOrOnDate", "afterDate", "afterOrOnDate", "measureFilter",
    };

    public static bool NeedsValues(string name) => name is not ("set" or "notSet" or "measureFilter");
}
