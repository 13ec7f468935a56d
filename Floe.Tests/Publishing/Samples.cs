using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;

namespace Floe.Tests.Publishing;

/// <summary>Artifacts, mappings and charts for the tests of the generator; the charts have the keys of Floe's own that the plugins write.</summary>
internal static class Samples
{
    public const string ClustersText = """
        mappings:
          - name: non-prod
            cluster: kind-floe
            environments: [dev, staging]
            namespace_template: floe-{{.environment}}
            resources: small
          - name: shared
            cluster: kind-floe
            environments: [uat, test]
            namespace_template: shared
            isolation: label
            resources: medium
          - name: prod
            cluster: gke-floe
            environments: [prod]
            resources:
              webserver: { requests: { cpu: 250m, memory: 1Gi }, limits: { cpu: 2, memory: 2Gi } }
              daemon: { requests: { cpu: 250m, memory: 1Gi }, limits: { cpu: 1, memory: 1Gi } }
              user_code: { requests: { cpu: 500m, memory: 4Gi }, limits: { cpu: 3, memory: 6Gi } }
              jobs: { requests: { cpu: 100m, memory: 256Mi }, limits: { cpu: 1, memory: 1Gi } }
        """;

    public static string Golden(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Publishing", "Golden", file));

    public static CompiledArtifacts Artifacts(string file) => CompiledArtifacts.Parse(file, Golden(file));

    public static ClusterMappings Clusters() => ClusterMappings.Parse("clusters.yaml", ClustersText);

    public static HelmValuesGenerator Generator(string artifacts, string environment = "dev", JsonObject? own = null) =>
        new(Artifacts(artifacts), environment, Clusters(), Charts()) { UserValues = own ?? [] };

    /// <summary>The three charts.</summary>
    /// <param name="anyOrders">Whether schedule.orders may be a text, to mark the layer that it comes from.</param>
    /// <param name="prodOrders">schedule.orders in the worker's values-prod.yaml.</param>
    public static IReadOnlyList<FloeHelmChart> Charts(bool anyOrders = false, string? prodOrders = null) =>
    [
        Chart("floe-infrastructure", """
            global: { preset: small, polaris: { endpoint: "" }, minio: { endpoint: "" }, telemetry: { enabled: true, endpoint: "" }, lineage: { enabled: true, endpoint: "" } }
            minio: { enabled: true, rootUser: floe, preset: "", resources: {}, persistence: { size: 20Gi } }
            polaris: { enabled: true, replicas: 1 }
            jaeger: { enabled: true }
            marquez: { enabled: true, web: { replicas: 1 } }
            """, rules => rules),
        Chart("floe-worker", """
            global: { preset: small, infrastructureRelease: "", polaris: { endpoint: "" }, minio: { endpoint: "" }, telemetry: { enabled: true, endpoint: "" }, lineage: { enabled: true, endpoint: "" } }
            seedworker: { replicas: 1, preset: "", resources: {}, image: { tag: "1" } }
            lakehouse: { bucket: floe, cacheMegabytes: 2048 }
            schedule: { by: "off", cron: "*/5 * * * *", timeZone: UTC, orders: 100 }
            dataProducts: []
            """, rules => rules.Replace(anyOrders ? "\"orders\":{\"type\":\"integer\"}" : "never", "\"orders\":{}", StringComparison.Ordinal),
            prodOrders is null ? null : new JsonObject().Set("schedule.orders", prodOrders)),
        Chart("floe-cube", """
            global: { preset: small, infrastructureRelease: "", polaris: { endpoint: "" }, minio: { endpoint: "" }, telemetry: { enabled: true, endpoint: "" }, lineage: { enabled: true, endpoint: "" } }
            cubeproxy: { preset: "", resources: {}, memoryLimit: "" }
            """, rules => rules),
    ];

    private static FloeHelmChart Chart(string name, string defaults, Func<string, string> adjust, JsonObject? prod = null)
    {
        var tree = Yaml.Read(name, defaults);
        return new(name, "0.1.0", "0.1.0", [], tree, JsonSchema.Parse(name, adjust(Rules(tree).ToJsonString())), new Dictionary<string, string>())
        {
            ForEnvironment = prod is null ? new Dictionary<string, JsonObject>() : new() { ["prod"] = prod },
        };
    }

    /// <summary>A strict schema from the defaults: their keys, their types, everything required; an empty object or list is open.</summary>
    private static JsonObject Rules(JsonNode value) => value switch
    {
        JsonObject { Count: > 0 } members => new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["required"] = new JsonArray([.. members.Select(m => JsonValue.Create(m.Key))]),
            ["properties"] = new JsonObject(members.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Rules(m.Value!)))),
        },
        JsonObject => new() { ["type"] = "object" },
        JsonArray => new() { ["type"] = "array" },
        _ => new() { ["type"] = value.GetValueKind() switch { System.Text.Json.JsonValueKind.String => "string", System.Text.Json.JsonValueKind.Number => "integer", _ => "boolean" } },
    };
}
