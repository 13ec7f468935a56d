namespace Floe.AppHost.Publishing.Schema;

/// <summary>The JSON Schemas of Floe's own documents; the same files lie beside what is published.</summary>
public static class ShippedSchemas
{
    /// <summary>File name of the schema of CompiledArtifacts.</summary>
    public const string CompiledArtifactsFile = "compiled-artifacts-1.0.schema.json";

    /// <summary>File name of the schema of cluster mappings.</summary>
    public const string ClustersFile = "clusters.schema.json";

    private static readonly Lazy<JsonSchema> s_artifacts = new(() => JsonSchema.Parse(CompiledArtifactsFile, Text(CompiledArtifactsFile)));
    private static readonly Lazy<JsonSchema> s_clusters = new(() => JsonSchema.Parse(ClustersFile, Text(ClustersFile)));

    /// <summary>Of CompiledArtifacts 1.0.</summary>
    public static JsonSchema CompiledArtifacts => s_artifacts.Value;

    /// <summary>Of cluster mappings.</summary>
    public static JsonSchema Clusters => s_clusters.Value;

    /// <summary>The schema's text.</summary>
    public static string Text(string file)
    {
        using var stream = typeof(ShippedSchemas).Assembly.GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The AppHost was built without the embedded schema '{file}'; build Floe.AppHost by its project file.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
