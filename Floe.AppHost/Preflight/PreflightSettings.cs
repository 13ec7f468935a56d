using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Values;
using Floe.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace Floe.AppHost.Preflight;

/// <summary>Reads the settings under <c>Floe:Preflight:</c>, and the file that <c>Floe:Preflight:Config</c> names; the settings win.</summary>
public static class PreflightSettings
{
    internal const string Name = "Preflight";
    private const string ConfigKey = "Config";
    private const string JsonKey = "Json";

    private static readonly string[] s_keys =
    [
        nameof(PreflightConfig.ComputeType), nameof(PreflightConfig.ComputeHost), nameof(PreflightConfig.ComputePort), nameof(PreflightConfig.StorageType), nameof(PreflightConfig.StorageBucket),
        nameof(PreflightConfig.StorageEndpoint), nameof(PreflightConfig.CatalogUri), nameof(PreflightConfig.CatalogWarehouse), nameof(PreflightConfig.PostgresHost), nameof(PreflightConfig.PostgresPort),
        nameof(PreflightConfig.PostgresDatabase), nameof(PreflightConfig.ClusterContext), nameof(PreflightConfig.Kubectl), nameof(PreflightConfig.Ports), nameof(PreflightConfig.Checks),
        nameof(PreflightConfig.TimeoutSeconds), nameof(PreflightConfig.Environment),
    ];

    /// <summary>Reads and checks the settings.</summary>
    /// <returns>The configuration, and whether the report is also printed as JSON.</returns>
    /// <exception cref="PreflightConfigurationException">The file is not there, or a key or value is wrong.</exception>
    public static (PreflightConfig Config, bool Json) Read(IConfiguration configuration)
    {
        try
        {
            var file = configuration[$"Floe:{Name}:{ConfigKey}"] is { Length: > 0 } path ? ReadFile(path) : [];
            var merged = new ConfigurationBuilder().AddInMemoryCollection(file).AddConfiguration(configuration).Build();
            var section = new SettingsSection(merged, Name, [.. s_keys, ConfigKey, JsonKey]);
            var standard = new PreflightConfig();
            return (new()
            {
                ComputeType = section.OneOf(nameof(PreflightConfig.ComputeType), "duckdb", "trino", "snowflake", "bigquery") ?? standard.ComputeType,
                ComputeHost = section.Text(nameof(PreflightConfig.ComputeHost)),
                ComputePort = section.Text(nameof(PreflightConfig.ComputePort)) is null ? null : section.Number(nameof(PreflightConfig.ComputePort), 0, 1, 65535),
                StorageType = section.OneOf(nameof(PreflightConfig.StorageType), "s3", "gcs", "adls") ?? standard.StorageType,
                StorageBucket = section.Text(nameof(PreflightConfig.StorageBucket)),
                StorageEndpoint = section.Text(nameof(PreflightConfig.StorageEndpoint)),
                CatalogUri = Url(section, nameof(PreflightConfig.CatalogUri)),
                CatalogWarehouse = section.Text(nameof(PreflightConfig.CatalogWarehouse)) ?? standard.CatalogWarehouse,
                PostgresHost = section.Text(nameof(PreflightConfig.PostgresHost)),
                PostgresPort = section.Number(nameof(PreflightConfig.PostgresPort), standard.PostgresPort, 1, 65535),
                PostgresDatabase = section.Text(nameof(PreflightConfig.PostgresDatabase)),
                ClusterContext = section.Text(nameof(PreflightConfig.ClusterContext)),
                Kubectl = section.Text(nameof(PreflightConfig.Kubectl)) ?? standard.Kubectl,
                Ports = section.List(nameof(PreflightConfig.Ports))?.Select(Port).ToList() ?? standard.Ports,
                Checks = section.List(nameof(PreflightConfig.Checks))?.Select(Check).ToList() ?? standard.Checks,
                TimeoutSeconds = section.Number(nameof(PreflightConfig.TimeoutSeconds), standard.TimeoutSeconds, 5, 300),
                Environment = section.Text(nameof(PreflightConfig.Environment)),
            }, section.Flag(JsonKey, false));
        }
        catch (DistributedApplicationException e) when (e is not PreflightConfigurationException)
        {
            throw new PreflightConfigurationException("config_invalid", e.Message);
        }
    }

    /// <summary>A file with the attributes of data model 007, in YAML or JSON.</summary>
    private static List<KeyValuePair<string, string?>> ReadFile(string path)
    {
        if (!File.Exists(path))
            throw new PreflightConfigurationException("config_not_found", $"Floe:Preflight:Config names '{path}', and there is no such file.");
        return [.. Yaml.Read(path, File.ReadAllText(path)).Select(entry => KeyValuePair.Create($"Floe:{Name}:{Key(path, entry.Key)}", (string?)(entry.Value switch
        {
            null => null,
            JsonArray list => string.Join(',', list.Select(item => item?.ToString())),
            JsonObject => throw new DistributedApplicationException($"{path} has a mapping under {entry.Key}, where a value belongs."),
            var value => value.ToString(),
        })))];
    }

    private static string Key(string path, string attribute) =>
        s_keys.FirstOrDefault(key => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(key) == attribute)
        ?? throw new DistributedApplicationException($"{path} has the unknown attribute '{attribute}'; known are {string.Join(", ", s_keys.Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName))}.");

    private static string? Url(SettingsSection section, string key) => section.Text(key) switch
    {
        null => null,
        { } text when Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" => text,
        { } text => throw new DistributedApplicationException($"Floe:{Name}:{key} is '{text}'; it must be a URL with http or https."),
    };

    private static int Port(string text) => int.TryParse(text, out var port) && port is > 0 and < 65536 ? port
        : throw new DistributedApplicationException($"Floe:{Name}:{nameof(PreflightConfig.Ports)} holds '{text}'; it must be ports from 1 to 65535, separated by commas.");

    private static string Check(string text) => PreflightService.All.Contains(text) ? text
        : throw new DistributedApplicationException($"Floe:{Name}:{nameof(PreflightConfig.Checks)} holds '{text}'; it must be of {string.Join(", ", PreflightService.All)}.");
}
