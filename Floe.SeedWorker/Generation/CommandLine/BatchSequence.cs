using System.Globalization;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>The batches of a request, one after the other: one, one per day, or one per second.</summary>
internal static class BatchSequence
{
    /// <summary>Number of batches.</summary>
    public static int Count(GenerateRequest request) =>
        request.Burst is { } burst ? burst.Seconds
        : request.Daily ? (int)((Midnight(request.To.AddTicks(-1)) - Midnight(request.From)).TotalDays) + 1
        : 1;

    /// <summary>The plans, and the folder of each below the table's, if it has one.</summary>
    public static IEnumerable<(BatchPlan Plan, string? Folder)> Of(GenerateRequest request)
    {
        if (request.Burst is { } burst)
            return Seconds(request, burst);
        return request.Daily ? Days(request) : [(BatchPlan.First(request.Shop, request.From, request.To), null)];
    }

    // All sales of the period, cut at midnight: the calendar says how many fall on a day.
    private static IEnumerable<(BatchPlan, string?)> Days(GenerateRequest request)
    {
        var whole = BatchPlan.First(request.Shop, request.From, request.To);
        var curve = new SalesCurve(Micros.From(request.From), Micros.From(request.To));
        BatchPlan? last = null;
        var done = 0L;
        for (var day = Midnight(request.From); day < request.To; day = day.AddDays(1))
        {
            var end = day.AddDays(1) < request.To ? day.AddDays(1) : request.To;
            var until = (long)Math.Round(whole.Orders * curve.ShareBefore(Micros.From(end)));
            last = last is null ? whole with { To = end, Orders = until } : last.Next(until - done, end, request.Shop);
            done = until;
            yield return (last, string.Create(CultureInfo.InvariantCulture, $"day={day:yyyy-MM-dd}"));
        }
    }

    // The shop's history is before the burst and has no orders.
    private static IEnumerable<(BatchPlan, string?)> Seconds(GenerateRequest request, (int PerSecond, int Seconds) burst)
    {
        var plan = BatchPlan.First(request.Shop, request.From, request.To) with { From = request.To, To = request.To.AddSeconds(1), Orders = burst.PerSecond };
        for (var second = 1; second <= burst.Seconds; second++)
        {
            yield return (plan, string.Create(CultureInfo.InvariantCulture, $"second={second:00000}"));
            plan = plan.Next(burst.PerSecond, plan.To.AddSeconds(1), request.Shop);
        }
    }

    private static DateTimeOffset Midnight(DateTimeOffset instant) => new(instant.UtcDateTime.Date, TimeSpan.Zero);
}
