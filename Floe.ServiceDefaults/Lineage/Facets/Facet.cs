using System.Text.Json.Serialization;

namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>A piece of what is known of a run, a job or a dataset.</summary>
public abstract record Facet
{
    /// <param name="schemaUrl">Address of its schema.</param>
    protected Facet(string schemaUrl) => SchemaUrl = schemaUrl;

    /// <summary>Who says so.</summary>
    [JsonPropertyName("_producer"), JsonPropertyOrder(-2)]
    public string Producer => OpenLineage.Producer;

    /// <summary>The schema.</summary>
    [JsonPropertyName("_schemaURL"), JsonPropertyOrder(-1)]
    public string SchemaUrl { get; }
}
