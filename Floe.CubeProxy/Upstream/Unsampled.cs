using System.Diagnostics;

namespace Floe.CubeProxy.Upstream;

/// <summary>A parent for calls that are made all the time: they are no news and are kept out of the traces.</summary>
internal static class Unsampled
{
    public static Activity Start(string name) => new Activity(name) { ActivityTraceFlags = ActivityTraceFlags.None }.SetIdFormat(ActivityIdFormat.W3C).Start();
}
