using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Floe.Tests.Telemetry;

/// <summary>Receives OTLP over HTTP (opentelemetry-proto 1.x) and keeps what processes send.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<OtlpPoint> _points = new();
    private readonly ConcurrentQueue<OtlpLog> _logs = new();

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(ReceiveAsync);
    }

    public string Endpoint => _app.Urls.Single();

    public IEnumerable<OtlpPoint> Points => _points;

    public IEnumerable<OtlpLog> Logs => _logs;

    /// <summary>The variables that make a process send here, soon.</summary>
    public Dictionary<string, string?> Environment => new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Endpoint,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "200",
        ["OTEL_BLRP_SCHEDULE_DELAY"] = "200",
    };

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits for something to arrive.</summary>
    public static async Task<T> EventuallyAsync<T>(IEnumerable<T> received, Func<T, bool> which, string what)
    {
        using var timeout = new CancellationTokenSource(s_patience);
        T[] found;
        while ((found = [.. received.Where(which).Take(1)]).Length == 0)
        {
            if (timeout.IsCancellationRequested)
                Assert.Fail($"{what} did not arrive within {s_patience.TotalSeconds:0} s; there are: {string.Join('\n', received.Distinct().TakeLast(50))}");
            await Task.Delay(20, CancellationToken.None);
        }
        return found[0];
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ReceiveAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var request = new ProtobufMessage(body.ToArray());
        // ResourceMetrics and ResourceLogs alike: 1 resource, 2 scopes; these: 1 scope, 2 metrics or records.
        foreach (var sender in request.Messages(1))
        {
            var service = Attribute(sender.Message(1), 1, "service.name");
            foreach (var scope in sender.Messages(2))
                foreach (var item in scope.Messages(2))
                    if (http.Request.Path == "/v1/metrics")
                        Keep(service, scope.Message(1)!.Text(1), item);
                    else if (http.Request.Path == "/v1/logs")
                        _logs.Enqueue(new(service, scope.Message(1)!.Text(1), item.Text(3), item.Message(5)?.Text(1) ?? ""));
        }
        http.Response.ContentType = "application/x-protobuf";
    }

    private void Keep(string service, string meter, ProtobufMessage metric)
    {
        // 5 gauge or 7 sum; of a sum: 1 points, 3 monotonic; of a point: 6 whole number, 7 attributes.
        var sum = metric.Message(7);
        foreach (var point in (sum ?? metric.Message(5))?.Messages(1) ?? [])
            _points.Enqueue(new(service, meter, metric.Text(1), metric.Text(3), sum?.Number(3) == 1, Attribute(point, 7, "postgresql.database.name"), point.Number(6)));
    }

    private static string Attribute(ProtobufMessage? owner, int field, string key) =>
        owner?.Messages(field).FirstOrDefault(attribute => attribute.Text(1) == key)?.Message(2)?.Text(1) ?? "";
}
