using System.Globalization;
using Floe.ServiceDefaults.CommandLine;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>What <c>generate</c> was asked for, checked.</summary>
internal sealed record GenerateRequest
{
    /// <summary>The smallest scale makes one customer, the largest fifty million.</summary>
    private const double LeastScale = 0.001;
    private const double MostScale = 50_000;
    private const int MostDays = 3_650;
    private const int MostPerSecond = 1_000_000;
    private const int MostSeconds = 86_400;
    private const int MostShards = 10_000;
    private const int MostThreads = 256;

    /// <summary>The options in the order of the help.</summary>
    public static IReadOnlyList<Option> Options { get; } =
    [
        new("--out", "DIR", "folder for the Parquet files, one folder in it per table; created when missing"),
        new("--lakehouse", null, "instead of --out: data files of the lakehouse's tables, which the worker brings into them when all parts are there"),
        new("--orders", "N", "orders (5000 x scale)"),
        new("--customers", "N", "customers (1000 x scale; a fifth of the orders when only these are given)"),
        new("--products", "N", "products (500 x scale; a tenth of the orders when only these are given, at most 50000)"),
        new("--items", "N", "order lines, 1 to 20 times the orders (3 times)"),
        new("--scale", "F", "multiplies the default counts: 1 is 1000 customers, 500 products, 5000 orders, 15000 lines (1)"),
        new("--seed", "S", "whole number; the same seed, clock and counts give the same rows (42)"),
        new("--clock", "T", "the moment the data is from, for example 2026-03-14T12:00:00Z (now)"),
        new("--days", "N", $"days of history before the clock, 1 to {MostDays} (730)"),
        new("--from", "T", "start of the history, instead of --days"),
        new("--to", "T", "end of the history, instead of --clock"),
        new("--daily", null, "backfill: a batch per UTC day, in folders day=YYYY-MM-DD, with changes and late arrivals of the days before"),
        new("--shard", "K/N", "only the K-th of N parts (1 to N); all parts together are the whole (1/1)"),
        new("--index", "I/N", "the same as indexed jobs count, from 0 to N-1, instead of --shard"),
        new("--null-rate", "R", "share of missing e-mails, discounts and dates of shipping, 0 to 0.5 (0.02)"),
        new("--duplicate-rate", "R", "share of orders and lines that come twice, 0 to 0.5 (0)"),
        new("--late-rate", "R", "share of orders that arrive days after they were placed, 0 to 0.5 (0)"),
        new("--max-late-days", "N", "most days that an order arrives late, 1 to 30 (7)"),
        new("--rate", "N", $"burst: orders per second of real time, 1 to {MostPerSecond}, a batch every second; needs --for"),
        new("--for", "SECONDS", $"how long a burst lasts, 1 to {MostSeconds}"),
        new("--threads", "N", "threads; they change the time and nothing else (the machine's cores)"),
        new("--quiet", null, "no progress, only the summary"),
    ];

    public required GenerationOptions Shop { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Folder of the files; null: they are the lakehouse's.</summary>
    public required string? Folder { get; init; }

    /// <summary>Which part of how many, the first being 1.</summary>
    public required (int Number, int Of) Shard { get; init; }

    public required int Threads { get; init; }

    public bool Daily { get; init; }

    public bool Quiet { get; init; }

    /// <summary>Orders per second and seconds, or null.</summary>
    public (int PerSecond, int Seconds)? Burst { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="UsageException">One breaks a rule: field, value and rule are named.</exception>
    public static GenerateRequest Read(Arguments given, DateTimeOffset now)
    {
        var scale = Decimal(given, "--scale", 1, LeastScale, MostScale);
        if (given.Has("--orders") && given.Has("--scale"))
            throw new UsageException("--scale and --orders are both given; give one of them, and single counts beside --scale only as --customers, --products or --items");
        var burst = BurstOf(given);
        var orders = burst is { } b ? (long)b.PerSecond * b.Seconds : Whole(given, "--orders", (long)Math.Round(5_000 * scale), 1, 1_000_000_000);
        var byOrders = given.Has("--orders") || burst is not null;
        var shop = new GenerationOptions
        {
            Seed = Whole(given, "--seed", 42, long.MinValue, long.MaxValue),
            Orders = orders,
            Customers = (int)Whole(given, "--customers", byOrders ? Math.Clamp(orders / 5, 1, 50_000_000) : Math.Max(1, (long)Math.Round(1_000 * scale)), 1, 50_000_000),
            Products = (int)Whole(given, "--products", byOrders ? Math.Clamp(orders / 10, 1, 50_000) : Math.Clamp((long)Math.Round(500 * scale), 1, 1_000_000), 1, 1_000_000),
            Items = given.Has("--items") ? Whole(given, "--items", 0, orders, 20 * orders) : null,
            NullRate = Decimal(given, "--null-rate", 0.02, 0, 0.5),
            DuplicateRate = Decimal(given, "--duplicate-rate", 0, 0, 0.5),
            LateArrivalRate = Decimal(given, "--late-rate", 0, 0, 0.5),
            MaxLateDays = (int)Whole(given, "--max-late-days", 7, 1, 30),
        };
        var (from, to) = Period(given, now);
        if (given.Has("--daily") && burst is not null)
            throw new UsageException("--daily and --rate are both given; a burst is in real time and a backfill is in the past: give one of them");
        return new GenerateRequest
        {
            Shop = shop,
            From = from,
            To = to,
            Folder = FolderOf(given, burst is not null),
            Shard = Part(given),
            Threads = (int)Whole(given, "--threads", Environment.ProcessorCount, 1, MostThreads),
            Daily = given.Has("--daily"),
            Quiet = given.Has("--quiet"),
            Burst = burst,
        };
    }

    private static string? FolderOf(Arguments given, bool burst)
    {
        if (!given.Has("--lakehouse"))
            return Path.GetFullPath(given.Text("--out") ?? throw new UsageException("--out is missing; give the folder for the Parquet files, --out DIR"));
        if (given.Has("--out"))
            throw new UsageException("--lakehouse and --out are both given; the files go to one of them: give one");
        return !burst && !given.Has("--daily") ? null
            : throw new UsageException($"--lakehouse and {(burst ? "--rate" : "--daily")} are both given; what comes after the first batch is the worker's: give one of them");
    }

    private static (int PerSecond, int Seconds)? BurstOf(Arguments given)
    {
        if (!given.Has("--rate") && !given.Has("--for"))
            return null;
        if (!given.Has("--rate") || !given.Has("--for"))
            throw new UsageException($"{(given.Has("--rate") ? "--rate" : "--for")} is given alone; a burst needs --rate N and --for SECONDS");
        if (given.Has("--orders") || given.Has("--scale"))
            throw new UsageException("--rate is given with a number of orders; a burst has --rate times --for orders: leave --orders and --scale away");
        return ((int)Whole(given, "--rate", 0, 1, MostPerSecond), (int)Whole(given, "--for", 0, 1, MostSeconds));
    }

    private static (DateTimeOffset From, DateTimeOffset To) Period(Arguments given, DateTimeOffset now)
    {
        foreach (var (one, other) in new[] { ("--to", "--clock"), ("--from", "--days") })
        {
            if (given.Has(one) && given.Has(other))
                throw new UsageException($"{one} and {other} are both given; they say the same in two ways: give one of them");
        }

        var to = Instant(given, given.Has("--to") ? "--to" : "--clock", now);
        var from = given.Has("--from") ? Instant(given, "--from", now) : to.AddDays(-Whole(given, "--days", 730, 1, MostDays));
        if (from >= to)
            throw new UsageException($"--from is {from:u}, the end {to:u}; it must be before the end");
        if (to - from > TimeSpan.FromDays(MostDays))
            throw new UsageException($"--from is {from:u}, {(to - from).TotalDays:0} days before the end; it must be at most {MostDays} days before it");
        if (from.AddDays(-MostDays) < DateTimeOffset.UnixEpoch)
            throw new UsageException($"{(given.Has("--from") ? "--from" : "--clock")} leads to a history from {from:u}; it must begin in 1980 or later");
        return (from, to);
    }

    private static (int Number, int Of) Part(Arguments given)
    {
        if (given.Has("--shard") && given.Has("--index"))
            throw new UsageException("--shard and --index are both given; they say the same in two ways: give one of them");
        return given.Has("--index") ? Part(given, "--index", "I/N with I from 0 to N-1", "1/7", first: 0) : Part(given, "--shard", "K/N with K from 1 to N", "2/7", first: 1);
    }

    private static (int Number, int Of) Part(Arguments given, string name, string form, string example, int first)
    {
        if (given.Text(name) is not { } text)
            return (1, 1);
        return text.Split('/') is [var number, var of]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var k) && int.TryParse(of, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            && k >= first && k < n + first && n <= MostShards
            ? (k - first + 1, n)
            : throw new UsageException($"{name} is {text}; it must be {form} and N at most {MostShards}, for example {example}");
    }

    private static DateTimeOffset Instant(Arguments given, string name, DateTimeOffset otherwise)
    {
        var instant = otherwise;
        if (given.Text(name) is { } text
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant))
        {
            throw new UsageException($"{name} is {text}; it must be a date, with a time or without, in UTC when it names no zone, for example 2026-03-14T12:00:00Z");
        }

        // As the worker's batches: whole seconds.
        return new DateTimeOffset(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
    }

    private static long Whole(Arguments given, string name, long otherwise, long least, long most) =>
        given.Text(name) is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new UsageException($"{name} is {text}; it must be a whole number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}");

    private static double Decimal(Arguments given, string name, double otherwise, double least, double most) =>
        given.Text(name) is not { } text ? otherwise
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number
        : throw new UsageException($"{name} is {text}; it must be a number from {least.ToString(CultureInfo.InvariantCulture)} to {most.ToString(CultureInfo.InvariantCulture)}");
}
