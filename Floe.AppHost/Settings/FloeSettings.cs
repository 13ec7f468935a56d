using Floe.AppHost.Deployment;
using Floe.AppHost.Preflight;
using Floe.AppHost.Publishing;
using Floe.AppHost.Publishing.Clusters;
using Microsoft.Extensions.Configuration;

namespace Floe.AppHost.Settings;

/// <summary>The settings under <c>Floe:</c>. Every key is read by something; any other key is an error.</summary>
/// <param name="Services"><c>Floe:Services</c>: auto (default), containers or embedded.</param>
/// <param name="DataDirectory"><c>Floe:DataDirectory</c>: where embedded services keep their data; null means a folder <c>.floe</c> beside the AppHost's.</param>
/// <param name="BackupDirectory"><c>Floe:BackupDirectory</c>: where backups are kept; null means a folder beside the data directory.</param>
/// <param name="PostgresBinDirectory"><c>Floe:PostgresBinDirectory</c>: folder with <c>postgres</c> and <c>initdb</c> to use instead of those from npm.</param>
/// <param name="ObjectStoreImage"><c>Floe:ObjectStoreImage</c>: image of the S3 store in container mode, with registry and tag.</param>
/// <param name="ContainerSize"><c>Floe:ContainerSize</c>: what the containers of a run may take at most; small (default), medium or large.</param>
/// <param name="CubeStore"><c>Floe:CubeStore</c>: whether Cube Store keeps Cube's cache and queue in container mode; otherwise Cube keeps them in memory (default).</param>
/// <param name="PageToken"><c>Floe:PageToken</c>: local (default) or pasted, what <c>CubePage:Token</c> of CubeProxy is.</param>
public sealed record FloeSettings(
    ServiceChoice Services, string? DataDirectory, string? BackupDirectory, string? PostgresBinDirectory, ImageReference? ObjectStoreImage, ResourcePreset ContainerSize, bool CubeStore, string PageToken)
{
    private const string Section = "Floe";

    private static readonly string[] s_keys = [nameof(Services), nameof(DataDirectory), nameof(BackupDirectory), nameof(PostgresBinDirectory), nameof(ObjectStoreImage), nameof(ContainerSize), nameof(CubeStore), nameof(PageToken)];

    // Checked by those who read them, when they are needed.
    private static readonly string[] s_sections = [PublishSettings.Name, PreflightSettings.Name, DeploySettings.Name];

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="DistributedApplicationException">A key is unknown or a value breaks its rule.</exception>
    public static FloeSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        if (section.GetChildren().FirstOrDefault(child => !s_keys.Concat(s_sections).Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
            throw new DistributedApplicationException(
                $"{Section}:{unknown.Key} is not a setting of Floe; known are {string.Join(", ", s_keys.Select(key => $"{Section}:{key}").Concat(s_sections.Select(section => $"{Section}:{section}:*")))}.");

        return new(
            ReadServices(section),
            Path(section, nameof(DataDirectory)),
            Path(section, nameof(BackupDirectory)),
            Path(section, nameof(PostgresBinDirectory)),
            section[nameof(ObjectStoreImage)] is { Length: > 0 } image ? ImageReference.Parse(image) : null,
            ReadContainerSize(section),
            ReadCubeStore(section),
            ReadPageToken(section));
    }

    // By name alone: Enum.Parse would take numbers and lists of names too.
    private static ServiceChoice ReadServices(IConfigurationSection section) => section[nameof(Services)] switch
    {
        null or "" => ServiceChoice.Auto,
        var text => Enum.GetValues<ServiceChoice>().Cast<ServiceChoice?>().FirstOrDefault(choice => choice.ToString()!.Equals(text, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException($"{Section}:{nameof(Services)} is '{text}'; it must be auto, containers or embedded."),
    };

    private static ResourcePreset ReadContainerSize(IConfigurationSection section) => section[nameof(ContainerSize)] switch
    {
        null or "" => ResourcePreset.Small,
        var text => ResourcePreset.Find(text) ?? throw new DistributedApplicationException($"{Section}:{nameof(ContainerSize)} is '{text}'; it must be small, medium or large."),
    };

    private static bool ReadCubeStore(IConfigurationSection section) => section[nameof(CubeStore)] switch
    {
        null or "" => false,
        var text when bool.TryParse(text, out var chosen) => chosen,
        var text => throw new DistributedApplicationException($"{Section}:{nameof(CubeStore)} is '{text}'; it must be true (Cube Store runs beside Cube, in container mode) or false."),
    };

    private static string ReadPageToken(IConfigurationSection section) => section[nameof(PageToken)] switch
    {
        null or "" => "local",
        var text when text is "local" or "pasted" => text,
        var text => throw new DistributedApplicationException($"{Section}:{nameof(PageToken)} is '{text}'; it must be local (a browser on this machine opens the Floe page without more) or pasted (the page asks for a token)."),
    };

    private static string? Path(IConfigurationSection section, string key) => section[key] switch
    {
        null or "" => null,
        var blank when string.IsNullOrWhiteSpace(blank) => throw new DistributedApplicationException($"{Section}:{key} is blank; name a folder, or remove the setting for its default."),
        var path => System.IO.Path.GetFullPath(path),
    };
}
