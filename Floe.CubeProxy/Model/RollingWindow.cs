namespace Floe.CubeProxy.Model;

/// <summary>The span of time a rolling measure looks at, seen from each period of the query.</summary>
/// <param name="Trailing">How far back: <c>7 day</c>, <see cref="Unbounded"/>, null for nothing.</param>
/// <param name="Leading">How far ahead, in the same form.</param>
/// <param name="IsFromStart">Counted from the period's start instead of its end.</param>
/// <param name="ToDate">Set: from the start of this granularity (month to date) to the period's end.</param>
public sealed record RollingWindow(string? Trailing, string? Leading, bool IsFromStart, string? ToDate)
{
    public const string Unbounded = "unbounded";
}
