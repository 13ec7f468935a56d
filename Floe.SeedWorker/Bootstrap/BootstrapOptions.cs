using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>Settings <c>Bootstrap:*</c>.</summary>
public sealed class BootstrapOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Bootstrap";

    /// <summary>How long to wait for the services to answer, in seconds.</summary>
    public int TimeoutSeconds { get; set; } = 120;

    /// <summary>
    /// The store's address as the catalog's server sees it, where that is another than this worker's (a container's name, for example).
    /// </summary>
    public string? CatalogStoreEndpoint { get; set; }

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (TimeoutSeconds is < 1 or > 3_600)
            yield return $"{nameof(TimeoutSeconds)} is {TimeoutSeconds}; it must be 1 to 3600.";
        if (CatalogStoreEndpoint is { Length: > 0 } text && !(Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
            yield return $"{nameof(CatalogStoreEndpoint)} is '{text}'; it must be an absolute http or https address.";
    }
}
