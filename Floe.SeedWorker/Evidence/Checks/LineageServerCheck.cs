using System.Text.Json.Nodes;
using Floe.SeedWorker.Bootstrap;
using Floe.ServiceDefaults.Lineage;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The lineage server answers and knows this stack.</summary>
internal sealed class LineageServerCheck(MarquezApi marquez, IOptions<LineageOptions> lineage, BootstrapPlan plan) : IEvidenceCheck
{
    public string Name => "marquez";

    public string Compared => "namespaces that Marquez' API lists with those that this stack reports to";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        string[] expected = [lineage.Value.Namespace, plan.Catalog];
        var found = (await marquez.GetAsync("namespaces?limit=1000", ct))["namespaces"]!.AsArray().Select(ns => (string)ns!["name"]!);
        return new(string.Join(", ", expected.Order(StringComparer.Ordinal)), string.Join(", ", found.Intersect(expected).Order(StringComparer.Ordinal)));
    }
}
