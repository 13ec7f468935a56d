namespace Floe.AppHost.Preflight;

/// <summary>The preflight could not be run as configured: exit code 2.</summary>
/// <param name="kind">config_not_found, config_invalid or missing_credentials.</param>
/// <param name="message">What is wrong and what to do.</param>
public sealed class PreflightConfigurationException(string kind, string message) : DistributedApplicationException($"{kind}: {message}")
{
    /// <summary>config_not_found, config_invalid or missing_credentials.</summary>
    public string Kind { get; } = kind;
}
