using System.Diagnostics;

namespace Floe.Emulators.Postgres;

/// <summary>What the children must not get from the launcher's environment.</summary>
internal static class ChildEnvironment
{
    public static void Clean(ProcessStartInfo start)
    {
        // The password and the key to the telemetry's receiver; and libpq's and initdb's own settings, which would change what the launcher asks for.
        start.Environment.Remove("POSTGRES_PASSWORD");
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("PG", StringComparison.Ordinal) || name.StartsWith("OTEL_", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
    }
}
