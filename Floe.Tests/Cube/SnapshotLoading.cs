using Floe.CubeProxy.Model;
using Floe.CubeProxy.Snapshots;

namespace Floe.Tests.Cube;

/// <summary>Look and load in one, as the refresher does it.</summary>
internal static class SnapshotLoading
{
    /// <returns>Whether there was something new.</returns>
    public static async Task<bool> RefreshAsync(this SnapshotStore store, ITableSource source, IReadOnlyCollection<TableName> tables, CancellationToken ct)
    {
        if (await store.LookAsync(source, tables, ct) is not { } found) return false;
        await store.LoadAsync(found, ct);
        return true;
    }
}
