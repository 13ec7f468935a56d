using System.Diagnostics;
using Floe.Lakehouse.Storage;
using Floe.ServiceDefaults.Telemetry;

namespace Floe.Lakehouse;

/// <summary>The library's spans and their attributes.</summary>
internal static class LakehouseActivity
{
    public const string Table = "floe.table";
    public const string Rows = "floe.rows";
    public const string Bytes = "floe.bytes";
    public const string Files = "floe.files";
    public const string Manifests = "floe.manifests";
    public const string SkippedManifests = "floe.manifests.skipped";
    public const string SkippedFiles = "floe.files.skipped";
    public const string SnapshotId = "floe.snapshot_id";
    public const string Attempts = "floe.attempts";

    public static ActivitySource Source { get; } = new(LakehouseServices.ActivitySourceName);

    public static Activity? Start(string name) => Source.StartActivity(name, ActivityKind.Internal);

    /// <summary>Marks a span as failed by this error.</summary>
    public static void Fail(this Activity? activity, Exception error)
    {
        activity.Failed(error, error switch
        {
            StorageException { Location: var location } => location,
            CorruptFileException { Location: var location } => location,
            OutsideWarehouseException { Location: var location } => location,
            _ => null,
        });
    }
}
