using Floe.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace Floe.AppHost.Deployment;

/// <summary>The settings under <c>Floe:Deploy:</c>.</summary>
/// <param name="Environment">Environment of the cluster mappings that is deployed.</param>
/// <param name="Context">Context in the kubeconfig; null: the cluster that the mapping names, never just the current one.</param>
/// <param name="Helm">The helm program, or null: the one of the path.</param>
/// <param name="Kubectl">The kubectl program.</param>
/// <param name="TimeoutSeconds">How long each stage may take until it is ready.</param>
/// <param name="Rollback">Whether a stage that fails goes back to what was there before.</param>
/// <param name="Verify">Whether a deployment of all of Floe is followed by the step <c>verify-local</c>.</param>
/// <param name="StateDirectory">Where deployments are recorded.</param>
public sealed record DeploySettings(string Environment, string? Context, string? Helm, string Kubectl, int TimeoutSeconds, bool Rollback, bool Verify, string StateDirectory)
{
    internal const string Name = "Deploy";

    /// <summary>Reads and checks the settings; paths are relative to the AppHost's folder.</summary>
    /// <exception cref="DistributedApplicationException">A key is unknown or a value breaks its rule.</exception>
    public static DeploySettings Read(IConfiguration configuration, string appHostDirectory)
    {
        var section = new SettingsSection(configuration, Name, nameof(Environment), nameof(Context), nameof(Helm), nameof(Kubectl), nameof(TimeoutSeconds), nameof(Rollback), nameof(Verify), nameof(StateDirectory));
        return new(
            section.Text(nameof(Environment)) ?? "local",
            section.Text(nameof(Context)),
            section.Text(nameof(Helm)),
            section.Text(nameof(Kubectl)) ?? "kubectl",
            section.Number(nameof(TimeoutSeconds), 300, 5, 3600),
            section.Flag(nameof(Rollback), false),
            section.Flag(nameof(Verify), false),
            section.Directory(nameof(StateDirectory), appHostDirectory, "../.floe/deployments"));
    }
}
