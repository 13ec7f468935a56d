using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;

namespace Floe.Tests.EndToEnd;

/// <summary>The street on embedded services, and what only they show.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class FloeStackTests(FloeStackFixture floe) : StackTests<FloeStackFixture>(floe)
{
    [Fact]
    public async Task Every_resource_is_where_it_should_be()
    {
        foreach (var name in new[] { "postgres", "minio", "polaris", "seedworker", "cubeproxy", "marquez" })
            Assert.Equal(KnownResourceStates.Running, (await StateAsync(name)).State?.Text);
        foreach (var name in new[] { "jaeger", "cube" })
        {
            var state = await StateAsync(name);
            Assert.Equal(KnownResourceStates.NotStarted, state.State?.Text);
            Assert.Contains(state.Properties, property => property.Name == "Why");
        }
    }

    [Fact]
    public async Task The_dashboard_has_a_trace_from_the_workers_run_to_the_storage_calls()
    {
        var spans = await FloeStackFixture.EventuallyAsync(RunTraceAsync, trace => trace is not null, "a trace with the worker's run, the store and the catalog");
        Assert.NotNull(spans);
    }

    [Fact]
    public async Task Every_resource_sends_its_metrics_and_logs_to_the_dashboard()
    {
        using var http = Dashboard();
        var resources = await FloeStackFixture.EventuallyAsync(
            async () => JsonNode.Parse(await http.GetStringAsync("/api/telemetry/resources"))!.AsArray()
                .Where(resource => (bool)resource!["hasMetrics"]! && (bool)resource["hasLogs"]!).Select(resource => (string)resource!["name"]!).Order().ToArray(),
            names => names.Length == 6, "metrics and logs of six resources");
        Assert.Equal(["cubeproxy", "marquez", "minio", "polaris", "postgres", "seedworker"], resources);

        // From its first line on, though it starts beside the dashboard.
        await FloeStackFixture.EventuallyAsync(
            () => http.GetStringAsync("/api/telemetry/logs?resource=postgres&limit=1000"), logs => logs.Contains("database system is ready to accept connections", StringComparison.Ordinal), "the first line of postgres");
    }

    /// <summary>Services of one trace that starts with a run of the worker and reaches store and catalog; null while there is none.</summary>
    private async Task<string[]?> RunTraceAsync()
    {
        using var http = Dashboard();
        var roots = Spans(JsonNode.Parse(await http.GetStringAsync("/api/telemetry/spans?resource=seedworker&limit=1000"))!)
            .Where(span => ((string?)span.Span["name"])?.StartsWith("run ", StringComparison.Ordinal) is true)
            .Select(span => (string)span.Span["traceId"]!).Distinct();
        foreach (var trace in roots)
        {
            var services = Spans(JsonNode.Parse(await http.GetStringAsync($"/api/telemetry/traces/{trace}"))!).Select(span => span.Service).Distinct().Order().ToArray();
            if (services.Contains("minio") && services.Contains("polaris") && services.Contains("seedworker"))
                return services;
        }
        return null;
    }

    private HttpClient Dashboard()
    {
        var http = new HttpClient { BaseAddress = Stack.DashboardUrl };
        http.DefaultRequestHeaders.Add("x-api-key", Stack.Configuration["AppHost:DashboardApiKey"]);
        return http;
    }

    /// <summary>Walks OTLP JSON wherever it is wrapped.</summary>
    private static IEnumerable<(string Service, JsonNode Span)> Spans(JsonNode node)
    {
        switch (node)
        {
            case JsonObject { } resourceSpans when resourceSpans["scopeSpans"] is JsonArray scopes:
                var service = (string?)resourceSpans["resource"]?["attributes"]?.AsArray().FirstOrDefault(a => (string?)a!["key"] == "service.name")?["value"]?["stringValue"] ?? "";
                return scopes.SelectMany(scope => scope!["spans"]!.AsArray()).Select(span => (service, span!));
            case JsonObject o:
                return o.Where(p => p.Value is not null).SelectMany(p => Spans(p.Value!));
            case JsonArray a:
                return a.Where(item => item is not null).SelectMany(item => Spans(item!));
            default:
                return [];
        }
    }
}
