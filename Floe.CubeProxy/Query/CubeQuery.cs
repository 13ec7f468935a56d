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

    /// <summary>Ways to join by; each the names of the cubes to pass.</summary>
    public IReadOnlyList<IReadOnlyList<string>>? JoinHints { get; init; }

    /// <summary>IANA name; dates of the query are in it, and results too.</summary>
    public required string Timezone { get; init; }
    public required TimeZoneInfo Zone { get; init; }
    public required string CacheMode { get; init; }

}
