using System.Text.Json;
using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// Everything that one batch of generated data depends on. The plan of every batch is kept in the snapshot summary of the tables it was
/// committed to, so the tables alone say how to go on, and the truth behind them can be computed again.
/// </summary>
public sealed record BatchPlan
{
    private const int CurrentRules = 2;

    /// <summary>1 for the batch that seeds the tables, then counting up.</summary>
    public required int Number { get; init; }

    /// <summary>Seed of all values.</summary>
    public required long Seed { get; init; }

    /// <summary>Customers of the shop.</summary>
    public required int Customers { get; init; }

    /// <summary>Products of the shop.</summary>
    public required int Products { get; init; }

    /// <summary>Start of the shop's history: the first batch's <see cref="From"/>.</summary>
    public required DateTimeOffset HistoryFrom { get; init; }

    /// <summary>When the tables were seeded: the first batch's <see cref="To"/>.</summary>
    public required DateTimeOffset HistoryTo { get; init; }

    /// <summary>Row number of the batch's first order.</summary>
    public required long FirstOrder { get; init; }

    /// <summary>Number of orders that are placed in this batch's period.</summary>
    public required long Orders { get; init; }

    /// <summary>Start of the period, inclusive.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>End of the period, exclusive; the clock of the batch: the state of an order is its state at this moment.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>Lines of all orders, relative to <see cref="LinesPerOrders"/>: 3 lines for 1 order.</summary>
    public long Lines { get; init; } = 3;

    /// <summary>Orders that have so many <see cref="Lines"/>.</summary>
    public long LinesPerOrders { get; init; } = 1;

    /// <summary>Share of nulls, see <see cref="GenerationOptions.NullRate"/>.</summary>
    public double NullRate { get; init; }

    /// <summary>Share of duplicates, see <see cref="GenerationOptions.DuplicateRate"/>.</summary>
    public double DuplicateRate { get; init; }

    /// <summary>Share of late arrivals, see <see cref="GenerationOptions.LateArrivalRate"/>.</summary>
    public double LateArrivalRate { get; init; }

    /// <summary>Oldest late arrival, see <see cref="GenerationOptions.MaxLateDays"/>.</summary>
    public int MaxLateDays { get; init; } = 7;

    /// <summary>The periods before this one in which orders are still on their way, see <see cref="RecentPeriods()"/>.</summary>
    public string Recent { get; init; } = "";

    /// <summary>The period of the batch's own orders.</summary>
    [JsonIgnore]
    public OrderPeriod Period => new(FirstOrder, Orders, Micros.From(From), Micros.From(To), LateArrivalRate, MaxLateDays);

    /// <summary>The periods before this one in which orders were late or not yet in their last state when it began, oldest first.</summary>
    /// <exception cref="InvalidDataException"><see cref="Recent"/> was changed by somebody else.</exception>
    public IReadOnlyList<OrderPeriod> RecentPeriods() => Generation.RecentPeriods.Read(Recent, FirstOrder, Micros.From(From));

    /// <summary>Which rules made the rows: batches of different ones do not fit together.</summary>
    public int Rules { get; init; } = 1;

    /// <summary>The plan that seeds empty tables.</summary>
    public static BatchPlan First(GenerationOptions options, DateTimeOffset now)
    {
        var to = WholeSecond(now);
        return First(options, to.AddDays(-options.HistoryDays), to);
    }

    /// <summary>The plan of a first batch whose orders were placed from <paramref name="from"/> to <paramref name="to"/>, both whole seconds.</summary>
    public static BatchPlan First(GenerationOptions options, DateTimeOffset from, DateTimeOffset to) => new()
    {
        Number = 1,
        Seed = options.Seed,
        Customers = options.Customers,
        Products = options.Products,
        HistoryFrom = from,
        HistoryTo = to,
        FirstOrder = 0,
        Orders = options.Orders,
        Lines = options.Items ?? 3,
        LinesPerOrders = options.Items is null ? 1 : options.Orders,
        From = from,
        To = to,
        NullRate = options.NullRate,
        DuplicateRate = options.DuplicateRate,
        LateArrivalRate = options.LateArrivalRate,
        MaxLateDays = options.MaxLateDays,
        Rules = CurrentRules,
    };

    /// <summary>The plan of the batch after this one. Its period is never empty, even when the clock stood still or went back.</summary>
    /// <exception cref="InvalidDataException">This batch was made by another version of the generator.</exception>
    public BatchPlan Next(long orders, DateTimeOffset now, GenerationOptions options)
    {
        if (Rules != CurrentRules)
            throw new InvalidDataException($"The tables were seeded by another version of the generator (rules {Rules}, this one has {CurrentRules}), and its batches do not continue them: empty the data directory (.floe/data) to seed anew.");
        var to = WholeSecond(now);
        return this with
        {
            Number = Number + 1,
            FirstOrder = FirstOrder + Orders,
            Orders = orders,
            From = To,
            To = to > To ? to : To.AddSeconds(1),
            NullRate = options.NullRate,
            DuplicateRate = options.DuplicateRate,
            LateArrivalRate = options.LateArrivalRate,
            MaxLateDays = options.MaxLateDays,
            Recent = Generation.RecentPeriods.Write([.. RecentPeriods().Append(Period).Where(p => p.SettledAt > Micros.From(To))]),
        };
    }

    /// <summary>The plan as it is kept in a snapshot summary.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GenerationJson.Default.BatchPlan);

    /// <summary>The plan from a snapshot summary.</summary>
    /// <exception cref="InvalidDataException">The text is not a plan.</exception>
    public static BatchPlan FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, GenerationJson.Default.BatchPlan)
                ?? throw new InvalidDataException("The batch plan in the snapshot summary is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The batch plan in the snapshot summary cannot be read: {e.Message}", e);
        }
    }

    private static DateTimeOffset WholeSecond(DateTimeOffset instant) =>
        new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
