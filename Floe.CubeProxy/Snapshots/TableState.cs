using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Which version of a table is served.</summary>
/// <param name="Table">The table.</param>
/// <param name="Snapshot">What people call the version, see <see cref="ITableVersion.Snapshot"/>.</param>
/// <param name="CommittedAt">When it came to be.</param>
public sealed record TableState(TableName Table, string Snapshot, DateTimeOffset CommittedAt)
{
    internal static IReadOnlyList<TableState> Of(IReadOnlyDictionary<TableName, ITableVersion> versions) =>
        [.. versions.OrderBy(version => version.Key.ToString(), StringComparer.Ordinal).Select(version => new TableState(version.Key, version.Value.Snapshot, version.Value.CommittedAt))];
}
