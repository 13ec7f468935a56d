using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Values;

namespace Floe.AppHost.Publishing.Plugins;

/// <summary>The plugins whose Helm values Floe's charts know: the mapping of data model 9B §5.</summary>
public static class HelmValuesPlugins
{
    private const string Infrastructure = "floe-infrastructure";
    private const string Worker = "floe-worker";

    /// <summary>All of them, by role.</summary>
    public static IReadOnlyList<HelmValuesPlugin> All { get; } =
    [
        new("compute", "duckdb", Settings(("cache_megabytes", """{ "type": "integer", "minimum": 64 }""")), plugin => Values(($"{Worker}.lakehouse.cacheMegabytes", Config(plugin, "cache_megabytes")))),
        new("orchestrator", "seedworker",
            Settings(
                ("cron", """{ "type": "string", "minLength": 9 }"""),
                ("time_zone", """{ "type": "string", "minLength": 1 }"""),
                ("orders", """{ "type": "integer", "minimum": 1, "maximum": 10000 }"""),
                ("replicas", """{ "type": "integer", "minimum": 1 }""")),
            plugin => Values(
                ($"{Worker}.schedule.by", Config(plugin, "cron") is null ? null : "worker"),
                ($"{Worker}.schedule.cron", Config(plugin, "cron")),
                ($"{Worker}.schedule.timeZone", Config(plugin, "time_zone")),
                ($"{Worker}.schedule.orders", Config(plugin, "orders")),
                ($"{Worker}.seedworker.replicas", Config(plugin, "replicas")))),
        new("catalog", "polaris", Settings(("replicas", """{ "type": "integer", "minimum": 1 }""")), plugin => Values(
            ($"{Infrastructure}.polaris.enabled", true), ($"{Infrastructure}.polaris.replicas", Config(plugin, "replicas")))),
        new("catalog", "rest", Settings(("endpoint", Url)), plugin => Values(
            ($"{Infrastructure}.polaris.enabled", false), ("global.polaris.endpoint", Config(plugin, "endpoint")))),
        new("storage", "minio", Settings(("size", """{ "type": "string", "pattern": "^\\d+(Mi|Gi|Ti)$" }"""), ("bucket", Bucket)), plugin => Values(
            ($"{Infrastructure}.minio.enabled", true), ($"{Infrastructure}.minio.persistence.size", Config(plugin, "size")), ($"{Worker}.lakehouse.bucket", Config(plugin, "bucket")))),
        new("storage", "s3", Settings(("endpoint", Url), ("bucket", Bucket)), plugin => Values(
            ($"{Infrastructure}.minio.enabled", false), ("global.minio.endpoint", Config(plugin, "endpoint")), ($"{Worker}.lakehouse.bucket", Config(plugin, "bucket")))),
        // CubeProxy is in every installation: floe-cube's chart says what else runs there.
        new("semantic", "cubeproxy", Settings(), _ => []),
        new("telemetry_backend", "jaeger", Settings(), _ => Values(($"{Infrastructure}.jaeger.enabled", true))),
        new("telemetry_backend", "otlp", Settings(("endpoint", Url)), plugin => Values(
            ($"{Infrastructure}.jaeger.enabled", false), ("global.telemetry.endpoint", Config(plugin, "endpoint")))),
        new("lineage_backend", "marquez", Settings(("web_replicas", """{ "type": "integer", "minimum": 1 }""")), plugin => Values(
            ($"{Infrastructure}.marquez.enabled", true), ($"{Infrastructure}.marquez.web.replicas", Config(plugin, "web_replicas")))),
    ];

    private static string Url => """{ "type": "string", "pattern": "^https?://" }""";

    private static string Bucket => """{ "type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$" }""";

    private static Dictionary<string, JsonNode> Settings(params (string Name, string Rule)[] settings) => settings.ToDictionary(s => s.Name, s => JsonNode.Parse(s.Rule)!);

    private static JsonNode? Config(PluginReference plugin, string name) => plugin.Config?[name]?.DeepClone();

    // What a plugin does not say stays with the chart's default.
    private static JsonObject Values(params (string Path, JsonNode? Value)[] values) =>
        values.Where(v => v.Value is not null).Aggregate(new JsonObject(), (tree, v) => tree.Set(v.Path, v.Value));
}
