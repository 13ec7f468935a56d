using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Floe.Tests.Lineage;

/// <summary>A service that does nothing but emit lineage.</summary>
internal sealed class EmitterHost : IAsyncDisposable
{
    private readonly IHost _host;

    private EmitterHost(IHost host, LogLines log) => (_host, Log) = (host, log);

    public LogLines Log { get; }

    public LineageEmitter Emitter => _host.Services.GetRequiredService<LineageEmitter>();

    public static async Task<EmitterHost> StartAsync(string? url, string outbox, params (string Key, string Value)[] settings)
    {
        var log = new LogLines();
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "emitter" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Lineage:Url"] = url, ["Lineage:OutboxDirectory"] = outbox });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Logging.AddProvider(log);
        builder.AddLineage();
        var host = builder.Build();
        await host.StartAsync();
        return new(host, log);
    }

    /// <summary>Emits nothing.</summary>
    public static LineageEmitter Off { get; } = new(
        Options.Create(new LineageOptions()), new(new HostingEnvironment { ApplicationName = "off" }), new(new ConfigurationBuilder().Build()), TimeProvider.System, NullLogger<LineageEmitter>.Instance);

    /// <summary>An event with a name that tells it from others.</summary>
    public static RunEvent Event(string job) => new()
    {
        EventType = RunEventType.Start,
        EventTime = DateTimeOffset.UtcNow,
        Run = new(Guid.CreateVersion7(), new RunFacets()),
        Job = new("tests", job),
    };

    /// <summary>The jobs of the events that wait in a folder, in order.</summary>
    public static string[] Waiting(string outbox) => [.. Directory.GetFiles(outbox, "*.json").Order(StringComparer.Ordinal).Select(JobOf).OfType<string>()];

    private static string? JobOf(string file)
    {
        try
        {
            return (string)JsonNode.Parse(File.ReadAllText(file))!["job"]!["name"]!;
        }
        catch (FileNotFoundException)
        {
            // Delivered since it was listed.
            return null;
        }
    }

    public static JsonObject Json(RunEvent lineage) => JsonSerializer.SerializeToNode(lineage, LineageJson.Default.RunEvent)!.AsObject();

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
