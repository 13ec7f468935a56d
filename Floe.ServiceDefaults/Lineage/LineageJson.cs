using System.Text.Json.Serialization;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Events as JSON: names as OpenLineage has them, nothing where nothing is known.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunEvent))]
public sealed partial class LineageJson : JsonSerializerContext;
