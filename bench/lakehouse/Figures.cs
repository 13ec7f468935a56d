using System.Diagnostics;
using System.Globalization;

namespace Floe.Bench.Lakehouse;

/// <summary>What a piece of work took.</summary>
/// <param name="Milliseconds">By the clock.</param>
/// <param name="Own">Processor time of this process.</param>
/// <param name="Store">Processor time of the store.</param>
/// <param name="Catalog">Processor time of the catalog, without its database.</param>
internal sealed record Figures(double Milliseconds, double Own, double Store, double Catalog)
{
    private static readonly Process s_store = Process.GetProcessById(int.Parse(Lake.Need("FLOE_BENCH_STORE_PID"), CultureInfo.InvariantCulture));
    private static readonly Process s_catalog = Process.GetProcessById(int.Parse(Lake.Need("FLOE_BENCH_CATALOG_PID"), CultureInfo.InvariantCulture));

    /// <summary>Measures; on a shared machine the processor time says more than the clock.</summary>
    public static async Task<Figures> OfAsync(Func<Task> work)
    {
        var (own, store, catalog) = Cpu();
        var watch = Stopwatch.StartNew();
        await work();
        var elapsed = watch.Elapsed.TotalMilliseconds;
        var (ownAfter, storeAfter, catalogAfter) = Cpu();
        return new Figures(elapsed, ownAfter - own, storeAfter - store, catalogAfter - catalog);
    }

    public static Figures Median(IReadOnlyCollection<Figures> all) =>
        new(Quantile(all.Select(f => f.Milliseconds), 0.5), Quantile(all.Select(f => f.Own), 0.5), Quantile(all.Select(f => f.Store), 0.5), Quantile(all.Select(f => f.Catalog), 0.5));

    public static double Quantile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToList();
        return sorted[(int)Math.Round(share * (sorted.Count - 1), MidpointRounding.AwayFromZero)];
    }

    private static (double Own, double Store, double Catalog) Cpu()
    {
        s_store.Refresh();
        s_catalog.Refresh();
        return (Environment.CpuUsage.TotalTime.TotalMilliseconds, s_store.TotalProcessorTime.TotalMilliseconds, s_catalog.TotalProcessorTime.TotalMilliseconds);
    }
}
