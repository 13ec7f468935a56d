using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Evidence;

/// <summary>Settings <c>Evidence:*</c>.</summary>
public sealed class EvidenceOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Evidence";

    /// <summary>Address of CubeProxy, without <c>/cubejs-api</c>; not set: what needs its answers is not checked.</summary>
    public string? CubeUrl { get; set; }

    /// <summary>How long all checks together may take, in seconds; one may take two thirds of it. What takes longer has failed.</summary>
    public int TimeoutSeconds { get; set; } = 18;

    /// <summary>How long one check may take.</summary>
    public TimeSpan CheckTimeout => TimeSpan.FromSeconds(TimeoutSeconds * 2 / 3.0);

    /// <summary>How long counts and sums of two places may differ: less than a check's own time, so that it can tell both.</summary>
    public TimeSpan TotalsTimeout => CheckTimeout * 2 / 3;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (TimeoutSeconds is < 5 or > 300)
            yield return $"{nameof(TimeoutSeconds)} is {TimeoutSeconds}; it must be from 5 to 300 seconds.";
        if (CubeUrl is { Length: > 0 } url && !(Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return $"{nameof(CubeUrl)} is '{url}'; it must be a URL with http or https, such as http://localhost:4000.";
    }
}
