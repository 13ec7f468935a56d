using System.Diagnostics.Metrics;

namespace Floe.Emulators.Minio;

/// <summary>Bytes of object content in and out. Counts and durations of requests are in http.server.request.duration, with the route.</summary>
internal sealed class StoreMetrics
{
    private readonly Counter<long> _received;
    private readonly Counter<long> _sent;

    public StoreMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("Floe.Emulators");
        _received = meter.CreateCounter<long>("floe.s3.content.received", "By", "Content of objects and parts that was stored.");
        _sent = meter.CreateCounter<long>("floe.s3.content.sent", "By", "Content of objects that was sent.");
    }

    public void Received(long bytes) => _received.Add(bytes);

    public void Sent(long bytes) => _sent.Add(bytes);
}
