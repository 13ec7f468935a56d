using System.Globalization;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>Nothing is lost or doubled on the way: another place has the totals of the raw tables.</summary>
/// <param name="lake">The tables.</param>
/// <param name="time">Clock.</param>
/// <param name="options">How long it may take until they are equal.</param>
internal abstract class TotalsCheck(LakeTotals lake, TimeProvider time, IOptions<EvidenceOptions> options) : IEvidenceCheck
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);

    public abstract string Name { get; }

    public abstract string Compared { get; }

    public EvidenceStage Stage => EvidenceStage.AfterBatch;

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        // Batches come by the clock as well, and the models follow them: equal is what becomes equal.
        var started = time.GetTimestamp();
        while (true)
        {
            var found = new Finding((await lake.SourceAsync(ct)).ToString(), (await OtherAsync(request, ct)).ToString());
            if (found.Holds || time.GetElapsedTime(started) > options.Value.TotalsTimeout)
                return found;
            await Task.Delay(s_pause, time, ct);
        }
    }

    protected abstract Task<Totals> OtherAsync(EvidenceRequest request, CancellationToken ct);
}

/// <summary>The tables that the models landed.</summary>
internal sealed class MartTotalsCheck(LakeTotals lake, TimeProvider time, IOptions<EvidenceOptions> options) : TotalsCheck(lake, time, options)
{
    private readonly LakeTotals _lake = lake;

    public override string Name => "totals-marts";

    public override string Compared => "counts and sums of the raw tables' latest rows with those of silver and gold";

    protected override Task<Totals> OtherAsync(EvidenceRequest request, CancellationToken ct) => _lake.MartsAsync(ct);
}

/// <summary>CubeProxy's answers.</summary>
internal sealed class CubeTotalsCheck(LakeTotals lake, CubeApi cube, TimeProvider time, IOptions<EvidenceOptions> options) : TotalsCheck(lake, time, options)
{
    public override string Name => "totals-cube";

    public override string Compared => "counts and sums of the raw tables' latest rows with those of /load";

    protected override async Task<Totals> OtherAsync(EvidenceRequest request, CancellationToken ct)
    {
        var orders = await One("""{"measures":["Orders.count","Orders.total_revenue"]}""");
        var sold = await One("""{"measures":["Orders.total_revenue"],"segments":["Orders.not_cancelled"]}""");
        var lines = await One("""{"measures":["OrderItems.count","OrderItems.revenue"]}""");
        var customers = await One("""{"measures":["Customers.count"]}""");
        var products = await One("""{"measures":["Products.count"]}""");
        return new(
            Count(customers, "Customers.count"), Count(products, "Products.count"), Count(orders, "Orders.count"), CubeApi.Number(orders, "Orders.total_revenue"),
            CubeApi.Number(sold, "Orders.total_revenue"), Count(lines, "OrderItems.count"), CubeApi.Number(lines, "OrderItems.revenue"));

        async Task<System.Text.Json.Nodes.JsonNode?> One(string query) => (await cube.RowsAsync(query, request, ct))[0];
        long Count(System.Text.Json.Nodes.JsonNode? row, string member) => Convert.ToInt64(CubeApi.Number(row, member), CultureInfo.InvariantCulture);
    }
}
