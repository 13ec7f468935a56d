namespace Floe.CubeProxy.Query;

/// <summary>A range of local times, both ends included.</summary>
public readonly record struct DateRange(DateTime From, DateTime To)
{
    public string FromText => LocalTime.Format(From);
    public string ToText => LocalTime.Format(To);
}
