using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Generation;

/// <summary>Settings <c>Generation:*</c>: how large the demo shop is and how dirty its raw data.</summary>
public sealed class GenerationOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Generation";

    /// <summary>Same seed and clock, same data. Read when the tables are seeded; later batches go on with the seed of the tables.</summary>
    public long Seed { get; set; } = 42;

    /// <summary>Customers of the first batch, 1 to 50,000,000.</summary>
    public int Customers { get; set; } = 1_000;

    /// <summary>Products of the first batch, 1 to 1,000,000.</summary>
    public int Products { get; set; } = 500;

    /// <summary>Orders of the first batch, 1 to 1,000,000,000.</summary>
    public long Orders { get; set; } = 5_000;

    /// <summary>
    /// Lines of the first batch's orders, 1 to 20 times <see cref="Orders"/>, exact when these are an even number; three times the orders when
    /// not set. Later batches keep the ratio.
    /// </summary>
    public long? Items { get; set; }

    /// <summary>Days of history before the clock that the first batch covers, 1 to 3,650.</summary>
    public int HistoryDays { get; set; } = 730;

    /// <summary>Share of nulls in <c>customers.email</c>, <c>order_items.discount</c> and the <c>orders.shipped_date</c> of shipped orders.</summary>
    public double NullRate { get; set; } = 0.02;

    /// <summary>
    /// Share of orders and lines that arrive a second time with a later <c>updated_at</c>. Off by default, so that the raw tables have
    /// the counts that were asked for; 0.01 is a realistic value.
    /// </summary>
    public double DuplicateRate { get; set; }

    /// <summary>
    /// Share of orders that arrive 1 to <see cref="MaxLateDays"/> days after they were placed, with the first batch after that. Off by default
    /// for the same reason; 0.05 is a realistic value.
    /// </summary>
    public double LateArrivalRate { get; set; }

    /// <summary>Most days from an order's date to its late arrival: 1 to 30.</summary>
    public int MaxLateDays { get; set; } = 7;

    /// <summary>
    /// The first batch is made by others, part by part (<c>generate --lakehouse</c>, the chart's seed Job); the worker brings it into the tables when all of it
    /// is there, and makes none itself.
    /// </summary>
    public bool ByParts { get; set; }

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (Customers is < 1 or > 50_000_000)
            yield return Range(nameof(Customers), Customers, "1 to 50000000");
        if (Products is < 1 or > 1_000_000)
            yield return Range(nameof(Products), Products, "1 to 1000000");
        if (Orders is < 1 or > 1_000_000_000)
            yield return Range(nameof(Orders), Orders, "1 to 1000000000");
        if (Items is { } items && !(items >= Orders && items <= 20 * Orders))
            yield return Range(nameof(Items), items, $"1 to 20 times the {Orders.ToString(CultureInfo.InvariantCulture)} orders");
        if (HistoryDays is < 1 or > 3_650)
            yield return Range(nameof(HistoryDays), HistoryDays, "1 to 3650");
        if (MaxLateDays is < 1 or > 30)
            yield return Range(nameof(MaxLateDays), MaxLateDays, "1 to 30");
        foreach (var (name, rate) in new[] { (nameof(NullRate), NullRate), (nameof(DuplicateRate), DuplicateRate), (nameof(LateArrivalRate), LateArrivalRate) })
        {
            if (!(rate is >= 0 and <= 0.5))
                yield return Range(name, rate, "0 to 0.5 (a share, 0.02 = 2 %)");
        }
    }

    private static string Range(string name, IFormattable value, string rule) =>
        $"{name} is {value.ToString(null, CultureInfo.InvariantCulture)}; it must be {rule}.";
}
