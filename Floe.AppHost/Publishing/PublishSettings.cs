using System.Reflection;
using Floe.AppHost.Settings;
using Microsoft.Extensions.Configuration;

namespace Floe.AppHost.Publishing;

/// <summary>The settings under <c>Floe:Publish:</c>.</summary>
/// <param name="ChartsDirectory">Folder with Floe's charts.</param>
/// <param name="ClustersFile">Cluster mappings; null: the environment <c>local</c> on Docker Desktop.</param>
/// <param name="Environments">Environments to publish for; null: all of the mappings.</param>
/// <param name="ValuesFile">The user's own values, the strongest layer, or null.</param>
/// <param name="ArtifactsFile">CompiledArtifacts to use; null: compiled from the model and the dbt project.</param>
/// <param name="ImageRegistry">Registry and path of this repository's images, e.g. <c>ghcr.io/floe</c>.</param>
/// <param name="ImageTag">Their tag.</param>
/// <param name="HelmCommand">The helm program, or null: the one of the path.</param>
public sealed record PublishSettings(
    string ChartsDirectory, string? ClustersFile, IReadOnlyList<string>? Environments, string? ValuesFile, string? ArtifactsFile, string ImageRegistry, string ImageTag, string? HelmCommand)
{
    internal const string Name = "Publish";
    private const string DefaultImageRegistry = "ghcr.io/floe";

    /// <summary>The version of this AppHost: semantic, without the commit.</summary>
    public static string FloeVersion { get; } =
        (typeof(PublishSettings).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];

    /// <summary>Reads and checks the settings; paths are relative to the AppHost's folder.</summary>
    /// <exception cref="DistributedApplicationException">A key is unknown or a value breaks its rule.</exception>
    public static PublishSettings Read(IConfiguration configuration, string appHostDirectory)
    {
        var section = new SettingsSection(configuration, Name,
            nameof(ChartsDirectory), nameof(ClustersFile), nameof(Environments), nameof(ValuesFile), nameof(ArtifactsFile), nameof(ImageRegistry), nameof(ImageTag), "Helm");
        var registry = section.Text(nameof(ImageRegistry)) ?? DefaultImageRegistry;
        var tag = section.Text(nameof(ImageTag)) ?? FloeVersion;
        // Refused here with the setting's rule rather than by the cluster with ImagePullBackOff.
        ImageReference.Parse($"{registry}/image:{tag}");
        return new(
            section.Directory(nameof(ChartsDirectory), appHostDirectory, "../charts"),
            section.File(nameof(ClustersFile), Environment.CurrentDirectory),
            section.List(nameof(Environments)),
            section.File(nameof(ValuesFile), Environment.CurrentDirectory),
            section.File(nameof(ArtifactsFile), Environment.CurrentDirectory),
            registry.TrimEnd('/'), tag, section.Text("Helm"));
    }

    /// <summary>The image of one of this repository's services.</summary>
    public ImageReference ImageOf(string service) => ImageReference.Parse($"{ImageRegistry}/{service}:{ImageTag}");
}
