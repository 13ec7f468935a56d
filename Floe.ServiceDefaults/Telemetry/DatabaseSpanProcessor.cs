using System.Diagnostics;
using OpenTelemetry;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Gives Npgsql's client spans the names of the stable database semantic conventions where the driver still writes the older ones.</summary>
internal sealed class DatabaseSpanProcessor : BaseProcessor<Activity>
{
    private static readonly (string Old, string Stable)[] s_names =
    [
        ("db.system", "db.system.name"),
        ("db.name", "db.namespace"),
        ("db.statement", "db.query.text"),
        ("net.peer.name", "server.address"),
        ("net.peer.port", "server.port"),
    ];

    public override void OnEnd(Activity span)
    {
        if (span.Source.Name != "Npgsql")
            return;
        foreach (var (old, stable) in s_names)
            if (span.GetTagItem(stable) is null && span.GetTagItem(old) is { } value)
                span.SetTag(stable, value);
        if (span.GetTagItem("db.system.name") is null)
            span.SetTag("db.system.name", "postgresql");
    }
}
