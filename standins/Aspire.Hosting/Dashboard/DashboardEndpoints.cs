namespace Aspire.Hosting.Dashboard;

/// <summary>
/// Where the dashboard and its parts listen, decided before any resource starts, since resources are told where to send
/// their telemetry. Without a dashboard the addresses are null unless the configuration names them.
/// </summary>
internal sealed record DashboardEndpoints
{
    /// <summary>Whether this AppHost starts a dashboard.</summary>
    public required bool Enabled { get; init; }

    public Uri? Frontend { get; init; }

    public Uri? OtlpGrpc { get; init; }

    public Uri? OtlpHttp { get; init; }

    /// <summary>Where this AppHost serves its resources to the dashboard.</summary>
    public Uri? ResourceService { get; init; }

    /// <summary>Null: no login.</summary>
    public string? BrowserToken { get; init; }

    public string? OtlpApiKey { get; init; }

    public string? DashboardApiKey { get; init; }

    public string? ResourceServiceApiKey { get; init; }

    /// <summary>The link that opens the dashboard without asking for the token.</summary>
    public Uri? LoginUrl => Frontend is null ? null : BrowserToken is null ? Frontend : new Uri(Frontend, $"/login?t={BrowserToken}");
}
