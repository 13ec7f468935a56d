using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Generation;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(BatchPlan))]
internal sealed partial class GenerationJson : JsonSerializerContext;
