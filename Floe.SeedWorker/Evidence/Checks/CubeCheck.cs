namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>CubeProxy computes: two ways to one number.</summary>
internal sealed class CubeCheck(CubeApi cube) : IEvidenceCheck
{
    public string Name => "cube";

    public string Compared => "Orders.count of /load with the sum of Orders.count by status and region";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        while (true)
        {
            var whole = await cube.OrdersAsync(request, ct);
            var parts = await cube.RowsAsync("""{"measures":["Orders.count"],"dimensions":["Orders.status","Orders.region"]}""", request, ct);
            // Data that came between the two questions is no error.
            if (await cube.OrdersAsync(request, ct) == whole)
                return new($"{whole} orders", $"{parts.Sum(row => (long)CubeApi.Number(row, "Orders.count"))} orders");
        }
    }
}
