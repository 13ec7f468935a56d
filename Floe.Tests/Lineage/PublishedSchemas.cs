using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Lineage;

/// <summary>OpenLineage's published schemas and Floe's own (<c>docs/lineage</c>), asked by npm's ajv.</summary>
internal static class PublishedSchemas
{
    /// <summary>What breaks a schema, as texts; skips the test, loudly, where the schemas are not there.</summary>
    public static async Task<IReadOnlyList<string>> BreachesAsync(IReadOnlyCollection<JsonNode> events)
    {
        var folder = Environment.GetEnvironmentVariable("FLOE_SPECS") is { Length: > 0 } specs ? Path.Combine(Path.GetFullPath(specs), "openlineage") : null;
        Skip.If(folder is null || !Directory.Exists(folder), "FLOE_SPECS does not name the folder of specifications: no openlineage/OpenLineage.json to judge by.");
        NodeScript.Need("ajv");
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(events));
            var own = Path.GetFullPath(Path.Combine(NodeScript.PathOf("."), "..", "docs", "lineage"));
            var breaches = JsonSerializer.Deserialize<string[][]>(await NodeScript.RunAsync("Marquez/openlineage.mjs", null, folder!, file, own))!;
            Assert.Equal(events.Count, breaches.Length);
            return [.. breaches.SelectMany(b => b)];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
