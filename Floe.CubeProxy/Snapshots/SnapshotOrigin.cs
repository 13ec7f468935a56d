using System.Diagnostics;

namespace Floe.CubeProxy.Snapshots;

/// <summary>How a table came to a state.</summary>
/// <param name="SnapshotId">Id of the Iceberg snapshot.</param>
/// <param name="CommittedAt">When it was committed, by the clock of who did.</param>
/// <param name="Trace">The trace it was committed in; null when it does not say.</param>
public sealed record SnapshotOrigin(long SnapshotId, DateTimeOffset CommittedAt, ActivityContext? Trace);
