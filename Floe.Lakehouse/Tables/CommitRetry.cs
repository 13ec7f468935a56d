using System.Globalization;

namespace Floe.Lakehouse.Tables;

/// <summary>How often and how long a commit is tried again, by the table properties <c>commit.retry.num-retries</c>,
/// <c>commit.retry.min-wait-ms</c> and <c>commit.retry.max-wait-ms</c>.</summary>
internal sealed record CommitRetry(int Retries, TimeSpan Least, TimeSpan Most)
{
    // More tries and shorter waits than other libraries take by default: many writers of small commits share a table here. Of eight that always want to
    // commit each wins one time in eight whatever it waits, so that twenty tries in vain are no rarity.
    private const int DefaultRetries = 100;
    private const int DefaultLeastMs = 10;
    private const int DefaultMostMs = 500;

    public static CommitRetry Of(Table table) => new(
        Number(table, "commit.retry.num-retries", DefaultRetries),
        TimeSpan.FromMilliseconds(Number(table, "commit.retry.min-wait-ms", DefaultLeastMs)),
        TimeSpan.FromMilliseconds(Number(table, "commit.retry.max-wait-ms", DefaultMostMs)));

    /// <summary>Doubles with every attempt up to the most, half of it by chance so that writers that collided do not collide again.</summary>
    public TimeSpan Wait(int attempt)
    {
        var wait = Math.Min(Most.TotalMilliseconds, Least.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 16)));
        return TimeSpan.FromMilliseconds(wait * (0.5 + (Random.Shared.NextDouble() / 2)));
    }

    private static int Number(Table table, string key, int otherwise)
    {
        if (!table.Metadata.Properties.TryGetValue(key, out var text))
            return otherwise;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ValidationException($"The table {table.Identifier} has the property {key}={text}; it must be a whole number from 0.");
    }
}
