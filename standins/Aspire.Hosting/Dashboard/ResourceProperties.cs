using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>The properties of an instance as dashboard and CLI get them: the ten that every resource has, then its own.</summary>
internal static class ResourceProperties
{
    public static IEnumerable<ResourcePropertySnapshot> Of(ResourceEvent source)
    {
        var snapshot = source.Snapshot;
        return
        [
            new("resource.uid", source.ResourceId),
            new("resource.name", source.ResourceId),
            new("resource.type", snapshot.ResourceType),
            new("resource.displayName", source.Resource.Name),
            new("resource.state", snapshot.State?.Text),
            new("resource.exitCode", snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture)),
            new("resource.createTime", Time(snapshot.CreationTimeStamp)),
            new("resource.startTime", Time(snapshot.StartTimeStamp)),
            new("resource.stopTime", Time(snapshot.StopTimeStamp)),
            new("resource.healthState", snapshot.HealthStatus?.ToString()),
            .. snapshot.Properties.IsDefault ? [] : snapshot.Properties,
        ];
    }

    /// <summary>A timestamp in UTC; times of unknown kind are UTC already.</summary>
    public static DateTime Utc(DateTime time) =>
        time.Kind == DateTimeKind.Unspecified ? DateTime.SpecifyKind(time, DateTimeKind.Utc) : time.ToUniversalTime();

    private static string? Time(DateTime? time) => time is { } given ? Utc(given).ToString("o", CultureInfo.InvariantCulture) : null;
}
