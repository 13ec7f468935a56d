using System.Globalization;
using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Jobs;

/// <summary>Settings <c>Retry:*</c>: what becomes of a run that failed.</summary>
public sealed class RetryOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Retry";

    /// <summary>How often a run is tried in all; 1: never again.</summary>
    public int Attempts { get; set; } = 3;

    /// <summary>Seconds between the first attempt and the second; each later wait is twice as long.</summary>
    public double FirstDelaySeconds { get; set; } = 2;

    /// <summary>The longest wait, in seconds.</summary>
    public double LongestDelaySeconds { get; set; } = 60;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (Attempts is < 1 or > 20)
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(Attempts)} is {Attempts}; it must be 1 to 20.");
        if (FirstDelaySeconds is not (>= 0.01 and <= 3_600))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(FirstDelaySeconds)} is {FirstDelaySeconds}; it must be 0.01 to 3600.");
        else if (!(LongestDelaySeconds >= FirstDelaySeconds && LongestDelaySeconds <= 86_400))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(LongestDelaySeconds)} is {LongestDelaySeconds}; it must be {FirstDelaySeconds} ({nameof(FirstDelaySeconds)}) to 86400.");
    }
}
