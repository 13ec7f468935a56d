using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Clusters;

/// <summary>A tier of requests and limits for the kinds of pods (data model 9B, "ResourcePreset").</summary>
/// <param name="Name">small, medium, large or custom.</param>
/// <param name="Webserver">Pods that answer requests: CubeProxy.</param>
/// <param name="Daemon">Pods that work in the background: services around the data.</param>
/// <param name="UserCode">Pods that run models: the worker with its DuckDB.</param>
/// <param name="Jobs">Jobs.</param>
public sealed record ResourcePreset(string Name, ResourceRequirements Webserver, ResourceRequirements Daemon, ResourceRequirements UserCode, ResourceRequirements Jobs)
{
    /// <summary>The name of a preset of one's own.</summary>
    public const string Custom = "custom";

    /// <summary>100m/256Mi; 250m/512Mi for the worker.</summary>
    public static ResourcePreset Small { get; } = Tier("small", Size("100m", "256Mi", "500m", "512Mi"), Size("250m", "512Mi", "1000m", "1Gi"));

    /// <summary>250m/512Mi; 500m/1Gi for the worker.</summary>
    public static ResourcePreset Medium { get; } = Tier("medium", Size("250m", "512Mi", "1000m", "1Gi"), Size("500m", "1Gi", "2000m", "2Gi"));

    /// <summary>500m/1Gi; 1000m/2Gi for the worker.</summary>
    public static ResourcePreset Large { get; } = Tier("large", Size("500m", "1Gi", "2000m", "2Gi"), Size("1000m", "2Gi", "4000m", "4Gi"));

    /// <summary>The preset of a name; null when there is none.</summary>
    public static ResourcePreset? Find(string name) => name switch { "small" => Small, "medium" => Medium, "large" => Large, _ => null };

    internal IEnumerable<Violation> Validate(string field) =>
    [
        .. Webserver.Validate($"{field}.webserver"), .. Daemon.Validate($"{field}.daemon"), .. UserCode.Validate($"{field}.user_code"), .. Jobs.Validate($"{field}.jobs"),
    ];

    private static ResourcePreset Tier(string name, ResourceRequirements service, ResourceRequirements engine) => new(name, service, service, engine, service);

    private static ResourceRequirements Size(string cpu, string memory, string cpuLimit, string memoryLimit) => new(new(cpu, memory), new(cpuLimit, memoryLimit));
}
