using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Floe.Tests.Telemetry;

/// <summary>Receives OTLP over gRPC and keeps all of it as it was sent; one that stands between services and a dashboard passes it on.</summary>
internal sealed class OtlpRelay : IAsyncDisposable
{
    private const string GrpcType = "application/grpc";
    private const int GrpcPrefix = 5;

    private readonly WebApplication _app;
    private readonly HttpClient? _dashboard;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _requests = new();

    private OtlpRelay(Uri? dashboard)
    {
        _dashboard = dashboard is null ? null : new HttpClient { BaseAddress = dashboard };
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        _app = builder.Build();
        _app.Run(PassOnAsync);
    }

    public string Endpoint => _app.Urls.Single();

    /// <summary>Everything that was sent, as it was sent.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Bodies => _requests.Select(request => Content(request.Body));

    public IEnumerable<OtlpSpan> Spans => Of("trace").SelectMany(OtlpContent.Spans);

    public IEnumerable<(string Service, string Name, string Unit, IReadOnlyDictionary<string, string> Attributes, int Exemplars)> Points => Of("metrics").SelectMany(OtlpContent.Points);

    /// <summary>Texts of log records.</summary>
    public IEnumerable<string> Logs => Of("logs").SelectMany(OtlpContent.Logs);

    /// <summary>How many requests of a kind have come: "trace", "metrics" or "logs".</summary>
    public int Count(string kind) => _requests.Count(request => IsOf(request.Path, kind));

    /// <param name="dashboard">Null: nobody behind, as Jaeger has.</param>
    public static async Task<OtlpRelay> StartAsync(Uri? dashboard = null)
    {
        var relay = new OtlpRelay(dashboard);
        await relay._app.StartAsync();
        return relay;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _dashboard?.Dispose();
    }

    private static bool IsOf(string path, string kind) => path.Contains($".{kind}.v1.", StringComparison.Ordinal);

    private static ReadOnlyMemory<byte> Content(byte[] body) => body.AsMemory(Math.Min(GrpcPrefix, body.Length));

    private IEnumerable<ProtobufMessage> Of(string kind) => _requests.Where(request => IsOf(request.Path, kind)).Select(request => new ProtobufMessage(Content(request.Body)));

    private async Task PassOnAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        http.Response.ContentType = GrpcType;
        if (_dashboard is null)
        {
            _requests.Enqueue((http.Request.Path, body.ToArray()));
            // An empty message: all of it was taken.
            await http.Response.Body.WriteAsync(new byte[GrpcPrefix], http.RequestAborted);
            http.Response.AppendTrailer("grpc-status", "0");
            return;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, http.Request.Path)
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(body.ToArray()),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", GrpcType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (http.Request.Headers.TryGetValue("x-otlp-api-key", out var key))
            request.Headers.TryAddWithoutValidation("x-otlp-api-key", key.ToString());
        try
        {
            using var response = await _dashboard.SendAsync(request, http.RequestAborted);
            var answer = await response.Content.ReadAsByteArrayAsync(http.RequestAborted);
            // Kept when the dashboard has it, so that what is sent again counts once.
            _requests.Enqueue((http.Request.Path, body.ToArray()));
            await http.Response.Body.WriteAsync(answer, http.RequestAborted);
            foreach (var (name, values) in response.TrailingHeaders.Concat(response.Headers).Where(header => header.Key.StartsWith("grpc-", StringComparison.Ordinal)))
                http.Response.AppendTrailer(name, values.ToArray());
        }
        catch (HttpRequestException)
        {
            // 14: unavailable. The dashboard starts beside the services, which send it again.
            http.Response.AppendTrailer("grpc-status", "14");
        }
    }
}
