namespace Floe.CubeProxy.Upstream;

/// <summary>A dependency that does not answer, and how.</summary>
internal sealed record Outage(string Dependency, string Reason)
{
    public override string ToString() => $"{Dependency} is not available: {Reason}";
}
