using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.CubeProxy.Serving;
using Floe.Lakehouse;
using Floe.SeedWorker;
using Floe.SeedWorker.Bootstrap;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Floe.Tests.Kubernetes;

/// <summary>What the charts set is what the programs take: a setting that one of them does not know, or does not allow, ends its start.</summary>
[Collection(nameof(RenderedCharts))]
public sealed partial class PodSettingsTests(RenderedCharts charts)
{
    // In place of every secret: as long as the generated ones.
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [SkippableFact]
    public void The_worker_starts_with_the_variables_of_its_pod()
    {
        foreach (var rendering in charts.All.Where(r => r.OfKind("Deployment").Any(o => NameOf(o) == "floe-seedworker")))
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration.AddInMemoryCollection(Settings(rendering, "floe-seedworker"));
            builder.AddServiceDefaults();
            builder.AddSeedWorker();
            using var app = (IDisposable)builder.Build();
            var services = ((WebApplication)app).Services;
            services.GetRequiredService<IStartupValidator>().Validate();
            var plan = services.GetRequiredService<BootstrapPlan>();
            Assert.Equal(("http://floe-polaris:8181/", "http://floe-minio:9000/", "lakehouse"), (plan.PolarisEndpoint.ToString(), plan.CatalogStoreEndpoint.ToString(), plan.Catalog));
            Assert.Equal(("6ef208b5c96903bd", "cf91d0c84e6ee54a"), (plan.Writer.Connection.ClientId, plan.Reader.Connection.ClientId));
        }
    }

    [SkippableFact]
    public async Task CubeProxy_starts_with_the_variables_and_arguments_of_its_pod()
    {
        foreach (var rendering in charts.All.Where(r => r.OfKind("Deployment").Any(o => NameOf(o) == "floe-cubeproxy")))
        {
            await using var app = CubeServer.Create(CubeServerOptions.Parse([]), builder => builder.Configuration.AddInMemoryCollection(Settings(rendering, "floe-cubeproxy")));
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            Assert.Equal("http://floe-polaris:8181/api/catalog", app.Services.GetRequiredService<LakehouseConnection>().CatalogUri.ToString());
        }
    }

    private static Dictionary<string, string?> Settings(Rendering rendering, string deployment)
    {
        var container = rendering.Get("Deployment", deployment)["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Dictionary<string, string> variables = [];
        foreach (var variable in PodTemplate.Items(container["env"]))
            variables.Add((string)variable["name"]!, (string?)variable["value"] is { } value ? Reference().Replace(value, match => variables[match.Groups[1].Value]) : Secret);
        // Telemetry would begin to be sent.
        return variables.Where(v => !v.Key.StartsWith("OTEL_", StringComparison.Ordinal)).ToDictionary(v => v.Key.Replace("__", ":"), v => (string?)v.Value);
    }

    private static string NameOf(JsonObject o) => (string)o["metadata"]!["name"]!;

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Reference();
}
