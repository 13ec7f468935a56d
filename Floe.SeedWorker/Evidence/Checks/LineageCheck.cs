using System.Text.Json.Nodes;
using Floe.SeedWorker.Bootstrap;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The graph leads from the raw table to the cube, column by column.</summary>
internal sealed class LineageCheck(MarquezApi marquez, CubeApi cube, BootstrapPlan plan, TimeProvider time) : IEvidenceCheck
{
    private const string Field = "datasetField:";
    private const string To = "datasetField:cube:Orders:total_revenue";
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public string Name => "lineage";

    public string Compared => "where the way along the columns from bronze.orders ends in Marquez' graph with Orders.total_revenue";

    public EvidenceStage Stage => EvidenceStage.AfterBatch;

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        // The way ends at a cube, of which CubeProxy tells.
        _ = cube.Address;
        var from = $"{Field}{plan.Catalog}:bronze.orders:total_amount";
        // Events are on their way for a moment.
        while (true)
        {
            try
            {
                if (Way((await marquez.GetAsync($"column-lineage?nodeId={To}&depth=20", ct))["graph"]!.AsArray(), from) is { } way)
                    return new($"{Short(from)} -> … -> {Short(To)}", string.Join(" -> ", way.Select(Short))) { Holds = true };
                await Task.Delay(s_pause, time, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return new($"{Short(from)} -> … -> {Short(To)}", "no such way in the graph");
            }
        }
    }

    /// <summary>The shortest way along the edges; null when there is none.</summary>
    internal static IReadOnlyList<string>? Way(JsonArray graph, string from)
    {
        var next = graph.ToDictionary(n => (string)n!["id"]!, n => n!["outEdges"]!.AsArray().Select(e => (string)e!["destination"]!).ToList());
        var before = new Dictionary<string, string?> { [from] = null };
        var queue = new Queue<string>([from]);
        while (queue.TryDequeue(out var node))
        {
            if (node == To)
            {
                var way = new List<string>();
                for (string? at = node; at is not null; at = before[at])
                    way.Insert(0, at);
                return way;
            }

            foreach (var to in next.GetValueOrDefault(node, []).Where(to => before.TryAdd(to, node)))
                queue.Enqueue(to);
        }

        return null;
    }

    private static string Short(string node) => node[Field.Length..].Split(':') is [_, var dataset, var field] ? $"{dataset}.{field}" : node;
}
