using Microsoft.Extensions.Hosting;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Where a service keeps its outbox when nobody says where.</summary>
public sealed class LineageFolder(IHostEnvironment environment)
{
    /// <summary>A folder of the user's and the service's own among the temporary files.</summary>
    public string Default { get; } = Path.Combine(Path.GetTempPath(), $"floe-lineage-{Environment.UserName}", environment.ApplicationName);
}
