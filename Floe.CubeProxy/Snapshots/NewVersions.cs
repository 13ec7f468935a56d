using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>States of the tables of which some are others than those in service.</summary>
/// <param name="All">Every table's.</param>
/// <param name="Changed">The tables whose state is new.</param>
/// <param name="IsFirst">Nothing is in service yet.</param>
public sealed record NewVersions(IReadOnlyDictionary<TableName, ITableVersion> All, IReadOnlyList<TableName> Changed, bool IsFirst)
{
    /// <summary>What is new; null: nothing is.</summary>
    /// <param name="served">Id of the state of a table that is in service; null when none is.</param>
    public static NewVersions? Of(IReadOnlyDictionary<TableName, ITableVersion> found, Func<TableName, string?> served, bool isFirst)
    {
        List<TableName> changed = [.. found.Where(version => served(version.Key) != version.Value.Id).Select(version => version.Key)];
        return changed.Count == 0 && !isFirst ? null : new NewVersions(found, changed, isFirst);
    }

    /// <summary>How the tables came to their new states, the latest first.</summary>
    internal IReadOnlyList<(TableName Table, SnapshotOrigin Origin)> Origins =>
        [.. Changed.Select(table => (Table: table, All[table].Origin!)).Where(version => version.Item2 is not null).OrderByDescending(version => version.Item2.CommittedAt)];
}
