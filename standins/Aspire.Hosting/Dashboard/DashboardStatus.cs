using Aspire.Hosting.Cli.Contracts;

namespace Aspire.Hosting.Dashboard;

/// <summary>Whether the dashboard answers, and how it is reached.</summary>
internal sealed class DashboardStatus(DashboardEndpoints endpoints)
{
    private readonly TaskCompletionSource<bool> _healthy = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True when the dashboard answers; false when there is none or it failed.</summary>
    public Task<bool> Healthy => endpoints.Enabled ? _healthy.Task : Task.FromResult(false);

    public void Report(bool healthy) => _healthy.TrySetResult(healthy);

    /// <summary>The link that logs its user in.</summary>
    public string? LoginUrl => endpoints.Enabled ? endpoints.LoginUrl?.ToString().TrimEnd('/') : null;

    private string? Frontend => endpoints.Enabled ? endpoints.Frontend?.GetLeftPart(UriPartial.Authority) : null;

    public async Task<DashboardUrls> GetUrlsAsync(CancellationToken cancellationToken) =>
        new(await Healthy.WaitAsync(cancellationToken).ConfigureAwait(false), LoginUrl, null);

    public async Task<DashboardInfo> GetInfoAsync(CancellationToken cancellationToken)
    {
        var healthy = await Healthy.WaitAsync(cancellationToken).ConfigureAwait(false);
        return LoginUrl is { } url
            ? new DashboardInfo([url], healthy, Frontend, endpoints.DashboardApiKey)
            : new DashboardInfo([], false, null, null);
    }
}
