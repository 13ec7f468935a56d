using Floe.ServiceDefaults.Configuration;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Settings <c>Lineage:*</c>.</summary>
public sealed class LineageOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Lineage";

    /// <summary>Address of the OpenLineage receiver (Marquez), to which <c>/api/v1/lineage</c> is added; not set: no lineage is emitted.</summary>
    public string? Url { get; set; }

    /// <summary>Namespace of the jobs; another one for another stack that reports to the same receiver.</summary>
    public string Namespace { get; set; } = "floe";

    /// <summary>Folder of the events that are not delivered yet, one per service. Not set: a folder of the service's name among the user's temporary files.</summary>
    public string? OutboxDirectory { get; set; }

    /// <summary>Most events that wait; of more the oldest are lost, which is logged and counted.</summary>
    public int OutboxEvents { get; set; } = 10_000;

    /// <summary>Most megabytes that wait; of more the oldest are lost, which is logged and counted.</summary>
    public int OutboxMegabytes { get; set; } = 64;

    /// <summary>How long a service that stops goes on delivering; what is left is delivered after its next start.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Over how long the queries of a cube are one run of a job; 0: queries are not told of.</summary>
    public TimeSpan QueryInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Where events go to; null when they go nowhere.</summary>
    internal Uri? Receiver => string.IsNullOrWhiteSpace(Url) ? null : new(Url.TrimEnd('/') + "/api/v1/lineage");

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (!string.IsNullOrWhiteSpace(Url) && (!Uri.TryCreate(Url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0))
            yield return $"{nameof(Url)} must be an absolute http or https address without user and password, such as http://127.0.0.1:5000; or not set for no lineage.";
        if (string.IsNullOrWhiteSpace(Namespace))
            yield return $"{nameof(Namespace)} is empty; give the namespace of the jobs, or remove the setting for its default.";
        if (OutboxDirectory is not null && string.IsNullOrWhiteSpace(OutboxDirectory))
            yield return $"{nameof(OutboxDirectory)} is blank; name a folder, or remove the setting for its default.";
        if (OutboxEvents is < 1 or > 1_000_000)
            yield return $"{nameof(OutboxEvents)} is {OutboxEvents}; it must be a whole number from 1 to 1000000.";
        if (OutboxMegabytes is < 1 or > 10_000)
            yield return $"{nameof(OutboxMegabytes)} is {OutboxMegabytes}; it must be a whole number from 1 to 10000.";
        if (DrainTimeout < TimeSpan.Zero || DrainTimeout > TimeSpan.FromSeconds(20))
            yield return $"{nameof(DrainTimeout)} is {DrainTimeout}; it must be a duration from 0 to 20 seconds, such as 00:00:02.";
        if (QueryInterval != TimeSpan.Zero && (QueryInterval < TimeSpan.FromSeconds(1) || QueryInterval > TimeSpan.FromDays(1)))
            yield return $"{nameof(QueryInterval)} is {QueryInterval}; it must be a duration from 1 second to 1 day, such as 00:01:00, or 00:00:00 to tell nothing of queries.";
    }
}
