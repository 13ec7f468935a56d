using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Floe.Tests.ServiceDefaults;

/// <summary>A real service on Kestrel with the defaults, asked over HTTP.</summary>
public sealed class ServiceDefaultsTests : IAsyncLifetime
{
    private readonly List<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private WebApplication _app = null!;
    private HttpClient _http = null!;
    private int _failures;

    public ServiceDefaultsTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                lock (_spans)
                    _spans.Add(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        // Telemetry is on only with an endpoint; nothing listens there and nothing must break.
        builder.Configuration.AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9"), new("Urls", "http://127.0.0.1:0")]);
        builder.AddServiceDefaults();
        builder.Services.AddHealthChecks().AddCheck("data", () => HealthCheckResult.Unhealthy("no data yet"));
        builder.Services.AddHttpClient("resilient").AddStandardResilience();
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapGet("/orders/{id}", (string id) => id);
        _app.MapGet("/broken", () => Results.StatusCode(500));
        _app.MapGet("/flaky", () => Interlocked.Increment(ref _failures) < 3 ? Results.StatusCode(503) : Results.Ok());
        _app.MapPost("/flaky", () => Interlocked.Increment(ref _failures) < 3 ? Results.StatusCode(503) : Results.Ok());
        await _app.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _listener.Dispose();
    }

    [Fact]
    public async Task Server_spans_carry_the_semantic_conventions()
    {
        await _http.GetAsync("/orders/7?token=hidden");
        var span = await SpanAsync(s => s.DisplayName == "GET /orders/{id}");
        Assert.Equal("GET", span.GetTagItem("http.request.method"));
        Assert.Equal("/orders/{id}", span.GetTagItem("http.route"));
        Assert.Equal("/orders/7", span.GetTagItem("url.path"));
        Assert.Equal("http", span.GetTagItem("url.scheme"));
        Assert.Equal(200, span.GetTagItem("http.response.status_code"));
        Assert.Equal("127.0.0.1", span.GetTagItem("server.address"));
        Assert.Equal(_http.BaseAddress!.Port, span.GetTagItem("server.port"));
        Assert.DoesNotContain(span.TagObjects, tag => tag.Value?.ToString()?.Contains("hidden", StringComparison.Ordinal) is true);
    }

    [Fact]
    public async Task A_server_error_marks_its_span()
    {
        await _http.GetAsync("/broken");
        var span = await SpanAsync(s => s.DisplayName == "GET /broken");
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal("500", span.GetTagItem("error.type"));
    }

    [Fact]
    public async Task Readiness_names_the_check_that_fails_and_liveness_is_not_concerned()
    {
        using var ready = await _http.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        var report = JsonNode.Parse(await ready.Content.ReadAsStringAsync())!;
        Assert.Equal("no data yet", (string?)report["checks"]!["data"]!["description"]);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/alive")).StatusCode);
    }

    [Fact]
    public async Task Probes_leave_no_recorded_span()
    {
        await _http.GetAsync("/alive");
        await _http.GetAsync("/orders/last");
        await SpanAsync(s => s.GetTagItem("url.path") as string == "/orders/last");
        lock (_spans)
            Assert.DoesNotContain(_spans, s => s.Recorded && s.GetTagItem("url.path") as string == "/alive");
    }

    [Fact]
    public async Task Safe_requests_are_repeated_over_passing_faults_and_others_are_not()
    {
        using var client = _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("resilient");
        client.BaseAddress = _http.BaseAddress;
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/flaky")).StatusCode);
        Assert.Equal(3, _failures);
        _failures = 0;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.PostAsync("/flaky", null)).StatusCode);
        Assert.Equal(1, _failures);
    }

    /// <summary>A span stops a moment after its answer was read.</summary>
    private async Task<Activity> SpanAsync(Func<Activity, bool> which)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            lock (_spans)
                if (_spans.FirstOrDefault(s => which(s) && s.GetTagItem("server.port") as int? == _http.BaseAddress!.Port) is { } found)
                    return found;
            await Task.Delay(10, timeout.Token);
        }
    }
}
