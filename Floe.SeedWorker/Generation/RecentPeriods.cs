using System.Globalization;
using System.Text;

namespace Floe.SeedWorker.Generation;

/// <summary>
/// The periods before a batch in which orders are still on their way, as a short text that fits into a snapshot summary: oldest first,
/// each <c>orders/seconds</c>, with <c>/rate/days</c> when some are late, and <c>*n</c> for n equal ones. Batches follow one another without a
/// gap, so row numbers and times follow from where the next one starts.
/// </summary>
internal static class RecentPeriods
{
    /// <summary>The text of periods that follow one another.</summary>
    public static string Write(IReadOnlyList<OrderPeriod> periods)
    {
        var text = new StringBuilder();
        for (var i = 0; i < periods.Count;)
        {
            var word = Word(periods[i]);
            var same = 1;
            while (i + same < periods.Count && Word(periods[i + same]) == word)
                same++;
            text.Append(text.Length == 0 ? "" : " ").Append(word);
            if (same > 1)
                text.Append(CultureInfo.InvariantCulture, $"*{same}");
            i += same;
        }

        return text.ToString();
    }

    /// <summary>The periods, of which the last ends at <paramref name="end"/> and before the order <paramref name="nextOrder"/>.</summary>
    /// <exception cref="InvalidDataException">The text is not one that <see cref="Write"/> made.</exception>
    public static IReadOnlyList<OrderPeriod> Read(string text, long nextOrder, long end)
    {
        var periods = new List<OrderPeriod>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            var parts = word.Split('*');
            var fields = parts[0].Split('/');
            var (rate, days, times) = (0.0, 0, 1);
            if (fields.Length is not (2 or 4) || parts.Length > 2
                || !long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var orders)
                || !long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds == 0
                || (fields.Length == 4 && !(double.TryParse(fields[2], NumberStyles.Float, CultureInfo.InvariantCulture, out rate) && int.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out days)))
                || (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out times)))
            {
                throw new InvalidDataException($"'{word}' in a batch plan's recent periods is not of the form orders/seconds[/rate/days][*n]; the snapshot summary was changed by somebody else.");
            }

            for (; times > 0; times--)
            {
                var period = new OrderPeriod(nextOrder - orders, orders, end - seconds * Micros.PerSecond, end, rate, days);
                periods.Add(period);
                (nextOrder, end) = (period.FirstOrder, period.From);
            }
        }

        periods.Reverse();
        return periods;
    }

    private static string Word(OrderPeriod period) => period.LateRate > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{period.Orders}/{(period.To - period.From) / Micros.PerSecond}/{period.LateRate:R}/{period.MaxLateDays}")
        : string.Create(CultureInfo.InvariantCulture, $"{period.Orders}/{(period.To - period.From) / Micros.PerSecond}");
}
