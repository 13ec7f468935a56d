using System.Text.Json.Serialization;
using Floe.Lakehouse.Manifests;

namespace Floe.SeedWorker.Ingest;

/// <summary>A part of the first batch whose data files lie in the store, beside those of their tables, and belong to no snapshot yet.</summary>
/// <param name="Plan">The batch, as <see cref="Generation.BatchPlan.ToJson"/> writes it: parts of the same one are parts of one whole.</param>
/// <param name="Number">Which part, the first being 1.</param>
/// <param name="Of">How many there are.</param>
/// <param name="Files">Its files by name of the table.</param>
public sealed record StagedPart(string Plan, int Number, int Of, IReadOnlyDictionary<string, IReadOnlyList<DataFile>> Files);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StagedPart))]
internal sealed partial class StagedJson : JsonSerializerContext;
