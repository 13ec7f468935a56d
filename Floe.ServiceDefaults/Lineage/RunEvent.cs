using System.Text.Json.Serialization;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>An event of a run (OpenLineage 2-0-2, <c>#/$defs/RunEvent</c>).</summary>
public sealed record RunEvent
{
    /// <summary>The transition.</summary>
    public required RunEventType EventType { get; init; }

    /// <summary>When it happened.</summary>
    public required DateTimeOffset EventTime { get; init; }

    /// <summary>The run.</summary>
    public required EventRun Run { get; init; }

    /// <summary>Its job.</summary>
    public required EventJob Job { get; init; }

    /// <summary>What it reads.</summary>
    public IReadOnlyList<InputDataset> Inputs { get; init; } = [];

    /// <summary>What it writes.</summary>
    public IReadOnlyList<OutputDataset> Outputs { get; init; } = [];

    /// <summary>Who says so.</summary>
    public string Producer => OpenLineage.Producer;

    /// <summary>The schema.</summary>
    [JsonPropertyName("schemaURL")]
    public string SchemaUrl => OpenLineage.RunEventSchema;
}

/// <summary>A run in an event.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="Facets">What is known of it.</param>
public sealed record EventRun(Guid RunId, RunFacets Facets);

/// <summary>A job in an event.</summary>
/// <param name="Namespace">Where its name is unique.</param>
/// <param name="Name">Its name.</param>
/// <param name="Facets">What is known of it; null in a reference.</param>
public sealed record EventJob(string Namespace, string Name, JobFacets? Facets = null);

/// <summary>A dataset's name.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">What it is called there.</param>
public readonly record struct DatasetName(string Namespace, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}:{Name}";
}

/// <summary>A dataset that a run reads.</summary>
public sealed record InputDataset(string Namespace, string Name, DatasetFacets? Facets = null, InputFacets? InputFacets = null)
{
    /// <summary>By its name.</summary>
    public static InputDataset Of(DatasetName name, DatasetFacets? facets = null, InputFacets? inputFacets = null) => new(name.Namespace, name.Name, facets, inputFacets);
}

/// <summary>A dataset that a run writes.</summary>
public sealed record OutputDataset(string Namespace, string Name, DatasetFacets? Facets = null, OutputFacets? OutputFacets = null)
{
    /// <summary>By its name.</summary>
    public static OutputDataset Of(DatasetName name, DatasetFacets? facets = null, OutputFacets? outputFacets = null) => new(name.Namespace, name.Name, facets, outputFacets);
}
