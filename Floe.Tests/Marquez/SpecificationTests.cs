using System.Text.Json;
using Floe.Tests.Clients;

namespace Floe.Tests.Marquez;

/// <summary>The events of the tests are events of OpenLineage 2-0-2, by its published schemas and npm's ajv.</summary>
public sealed class SpecificationTests
{
    [SkippableFact]
    public async Task Every_event_and_facet_fits_its_schema()
    {
        var folder = Environment.GetEnvironmentVariable("FLOE_SPECS") is { Length: > 0 } specs ? Path.Combine(Path.GetFullPath(specs), "openlineage") : null;
        Skip.If(folder is null || !Directory.Exists(folder), "FLOE_SPECS does not name the folder of specifications: no openlineage/OpenLineage.json to judge by.");
        NodeScript.Need("ajv");
        var file = Path.GetTempFileName();
        try
        {
            var events = LineageTests.Shop();
            var broken = LineageTests.Shop()[0];
            broken["run"]!.AsObject().Remove("runId");
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(events.Append(broken)));
            var breaches = JsonSerializer.Deserialize<string[][]>(await NodeScript.RunAsync("Marquez/openlineage.mjs", null, folder!, file))!;
            Assert.All(breaches[..^1], Assert.Empty);
            // The judge can say no.
            Assert.Contains(breaches[^1], breach => breach.Contains("runId", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
