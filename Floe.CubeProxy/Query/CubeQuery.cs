namespace Floe.CubeProxy.Query;

/// <summary>One query, checked and normalised: what is echoed to the client and what the planner reads.</summary>
/// <remarks>Null lists were not given by the client and are not echoed.</remarks>
public sealed record CubeQuery
{
    public const int DefaultLimit = 10_000;
    public const int MaximalLimit = 50_000;

    public IReadOnlyList<string>? Measures { get; init; }
    public required IReadOnlyList<string> Dimensions { get; init; }
    public required IReadOnlyList<TimeDimensionQuery> TimeDimensions { get; init; }
    public required IReadOnlyList<FilterNode> Filters { get; init; }
    public IReadOnlyList<string>? Segments { get; init; }
    public IReadOnlyList<OrderItem>? Order { get; init; }
    public required int Limit { get; init; }
    public long? Offset { get; init; }
    public bool? Total { get; init; }
    public bool? Ungrouped { get; init; }
    public string? ResponseFormat { get; init; }

    /// <summary>IANA name; dates of the query are in it, and results too.</summary>
    public required string Timezone { get; init; }
    public required TimeZoneInfo Zone { get; init; }
    public required string CacheMode { get; init; }

    public bool IsCompact => ResponseFormat == "compact";
}

/// <param name="DateRange">From and to, local to the query's time zone, both included, as <c>yyyy-MM-ddTHH:mm:ss.fff</c>.</param>
public sealed record TimeDimensionQuery(string Dimension, string? Granularity, DateRange? DateRange);

/// <summary>A range of local times, both ends included.</summary>
public readonly record struct DateRange(DateTime From, DateTime To)
{
    public string FromText => LocalTime.Format(From);
    public string ToText => LocalTime.Format(To);
}

public readonly record struct OrderItem(string Member, bool Descending);

/// <summary>A condition, or several combined.</summary>
public abstract record FilterNode;

public sealed record FilterGroup(bool IsAnd, IReadOnlyList<FilterNode> Filters) : FilterNode;

/// <param name="Operator">One of <see cref="FilterOperators"/>.</param>
/// <param name="Values">Null when the operator takes none.</param>
public sealed record MemberFilter(string Member, string Operator, IReadOnlyList<string?>? Values) : FilterNode;

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

/// <summary>Several queries answered together.</summary>
public sealed record QuerySet(QueryType Type, IReadOnlyList<CubeQuery> Queries);

public enum QueryType { Regular, CompareDateRange, Blending }

public static class QueryTypes
{
    public static string ApiName(this QueryType type) => type switch
    {
        QueryType.Regular => "regularQuery",
        QueryType.CompareDateRange => "compareDateRangeQuery",
        _ => "blendingQuery",
    };
}
