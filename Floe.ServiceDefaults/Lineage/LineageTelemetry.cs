using System.Diagnostics.Metrics;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Metrics of the delivery of lineage.</summary>
internal static class LineageTelemetry
{
    private static readonly Meter s_meter = new("Floe.Lineage");

    /// <summary>Events that the receiver has taken.</summary>
    public static readonly Counter<long> Delivered = s_meter.CreateCounter<long>("floe.lineage.delivered", "{event}", "Lineage events that the receiver has taken.");

    /// <summary>Events that nobody will see.</summary>
    public static readonly Counter<long> Lost = s_meter.CreateCounter<long>("floe.lineage.lost", "{event}", "Lineage events that were given up: the outbox was full, or the receiver refused them.");

    /// <summary>Events that wait.</summary>
    public static readonly UpDownCounter<long> Waiting = s_meter.CreateUpDownCounter<long>("floe.lineage.waiting", "{event}", "Lineage events in the outbox.");

    /// <summary>Why an event was lost.</summary>
    public static KeyValuePair<string, object?> Reason(string reason) => new("floe.lineage.reason", reason);
}
