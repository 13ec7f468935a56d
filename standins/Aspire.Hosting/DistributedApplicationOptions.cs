namespace Aspire.Hosting;

/// <summary>How an AppHost is set up.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>The AppHost's assembly by name; null: the entry assembly.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Replaces the registry of every image.</summary>
    public string? ContainerRegistryOverride { get; set; }

    public string? DashboardApplicationName { get; set; }

    /// <summary>The AppHost's folder; null: from the assembly's metadata, else the working folder.</summary>
    public string? ProjectDirectory { get; set; }

    public bool DisableDashboard { get; set; }

    /// <summary>Allows <c>http:</c> for the dashboard's endpoints. The stand-in listens on the loopback address only and does not ask.</summary>
    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>Copies the resources' console output to the AppHost's own log.</summary>
    public bool EnableResourceLogging { get; set; }

    /// <summary>For real Aspire; the stand-in makes no use of developer certificates.</summary>
    public bool? TrustDeveloperCertificate { get; set; }

    /// <inheritdoc cref="TrustDeveloperCertificate"/>
    public bool? DeveloperCertificateDefaultHttpsTerminationEnabled { get; set; }
}
