using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;

namespace Floe.AppHost.Publishing.Artifacts;

/// <summary>
/// What a data product is made of: plugins, models, profiles. Versioned JSON in the shape of <c>compiled-artifacts-1.0.schema.json</c>; holds no credential.
/// </summary>
public sealed record CompiledArtifacts
{
    /// <summary>The version that this Floe writes.</summary>
    public const string CurrentVersion = "1.0.0";

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    };

    public string Version { get; init; } = CurrentVersion;

    public required ArtifactMetadata Metadata { get; init; }

    public required ArtifactPlugins Plugins { get; init; }

    public required Observability Observability { get; init; }

    public required Transforms Transforms { get; init; }

    /// <summary>The content of dbt's profiles.yml.</summary>
    public required JsonObject DbtProfiles { get; init; }

    /// <summary>Reads and checks a document.</summary>
    /// <param name="source">Its name in error messages.</param>
    /// <param name="json">The document.</param>
    /// <exception cref="DistributedApplicationException">It is no JSON, of another version, breaks the schema or holds a credential; the fields are named.</exception>
    public static CompiledArtifacts Parse(string source, string json)
    {
        JsonNode? document;
        try
        {
            document = JsonNode.Parse(json);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"{source} is no JSON: {e.Message}");
        }
        // The version first: by another version's rules every other complaint would mislead.
        if ((document as JsonObject)?["version"] is JsonValue version && version.TryGetValue(out string? text) && !text.StartsWith("1.0.", StringComparison.Ordinal))
            throw new InvalidDocumentException(source, [new("version", $"is {text}, but this Floe reads 1.0.x; compile the artifacts again with this Floe, or use the Floe they were compiled with")]);
        List<Violation> violations = [.. ShippedSchemas.CompiledArtifacts.Validate(document)];
        if (violations.Count == 0)
            violations.AddRange(CredentialGuard.Inspect(document));
        return violations.Count > 0 ? throw new InvalidDocumentException(source, violations) : document.Deserialize<CompiledArtifacts>(s_json)!;
    }

    /// <summary>The document; the same artifacts give the same bytes.</summary>
    public string ToJson() => $"{JsonSerializer.Serialize(this, s_json)}\n";
}

/// <summary>Where the artifacts come from.</summary>
/// <param name="ProductName">Name of the data product.</param>
/// <param name="ProductVersion">Its semantic version.</param>
/// <param name="FloeVersion">Version of the Floe that compiled.</param>
/// <param name="SourceHash"><c>sha256:</c> of models and profiles.</param>
public sealed record ArtifactMetadata(string ProductName, string ProductVersion, string FloeVersion, string SourceHash);

/// <summary>What does which job.</summary>
public sealed record ArtifactPlugins(
    PluginReference Compute, PluginReference Orchestrator, PluginReference Catalog, PluginReference Storage, PluginReference Semantic,
    PluginReference? TelemetryBackend = null, PluginReference? LineageBackend = null);

/// <summary>A plugin and its settings.</summary>
/// <param name="Type">Name of the plugin, e.g. <c>polaris</c>.</param>
/// <param name="Version">Version of what it stands for.</param>
/// <param name="Config">Its settings; the plugin refuses those it does not know.</param>
public sealed record PluginReference(string Type, string Version, JsonObject? Config = null);

/// <summary>Traces.</summary>
public sealed record Observability(TelemetrySettings Telemetry);

/// <summary>Whether and where traces go.</summary>
public sealed record TelemetrySettings(bool Enabled, string? Endpoint = null);

/// <summary>The models.</summary>
public sealed record Transforms(string DefaultCompute, IReadOnlyList<TransformModel> Models);

/// <summary>A model of the dbt project.</summary>
/// <param name="Name">Its name.</param>
/// <param name="QualityTier">bronze, silver or gold.</param>
/// <param name="DependsOn">Models and sources that it reads.</param>
/// <param name="Compute">Null: the default.</param>
/// <param name="Tags">Null: none.</param>
public sealed record TransformModel(string Name, string QualityTier, IReadOnlyList<string> DependsOn, string? Compute = null, IReadOnlyList<string>? Tags = null);
