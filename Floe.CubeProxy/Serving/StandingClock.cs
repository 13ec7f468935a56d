namespace Floe.CubeProxy.Serving;

/// <summary>A clock that stands still, for answers that can be compared.</summary>
internal sealed class StandingClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
