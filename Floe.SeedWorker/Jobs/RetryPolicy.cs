using Floe.Lakehouse;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>Whether and when a run that failed is tried again.</summary>
public sealed class RetryPolicy(IOptions<RetryOptions> options)
{
    /// <summary>How often a run is tried in all.</summary>
    public int Attempts => options.Value.Attempts;

    /// <summary>The wait before the next attempt; null when there is none.</summary>
    /// <param name="attempt">The one that failed, from 1.</param>
    /// <param name="failure">Why.</param>
    public TimeSpan? After(int attempt, Exception failure)
    {
        if (attempt >= options.Value.Attempts || IsPermanent(failure))
            return null;
        var longest = Math.Min(options.Value.FirstDelaySeconds * Math.Pow(2, attempt - 1), options.Value.LongestDelaySeconds);
        // What failed together shall not come back together.
        return TimeSpan.FromSeconds(longest * (0.5 + Random.Shared.NextDouble() / 2));
    }

    /// <summary>Whether the same would come of another attempt: what was asked for, or what the tables hold, is wrong, and only people can change that.</summary>
    public static bool IsPermanent(Exception failure) => failure is JobRefusedException or JobParameterException or DbtException or TransformException
        or InvalidDataException or Floe.Lakehouse.ValidationException or UnsupportedFormatException or CorruptFileException;
}
