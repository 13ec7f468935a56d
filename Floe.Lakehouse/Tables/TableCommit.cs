using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>One table's part of a commit: what must hold, and what changes. Made by <see cref="Transaction.PrepareAsync"/>.</summary>
/// <param name="Identifier">The table.</param>
/// <param name="Requirements">What must hold.</param>
/// <param name="Updates">What changes, in order.</param>
public sealed record TableCommit(TableIdentifier Identifier, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<TableUpdate> Updates)
{
    /// <summary>Id of the snapshot that the commit adds, or null when it adds none.</summary>
    public long? SnapshotId => Updates.OfType<AddSnapshot>().LastOrDefault()?.Snapshot.SnapshotId;

    /// <summary>Gives up a commit that was prepared and will not be sent: removes its manifests and data files.</summary>
    /// <exception cref="Storage.StorageException">The store cannot remove them.</exception>
    public Task DiscardAsync() => Origin?.DiscardAsync() ?? Task.CompletedTask;

    /// <summary>The manifest list of that snapshot.</summary>
    internal string? ManifestList => Updates.OfType<AddSnapshot>().LastOrDefault()?.Snapshot.ManifestList;

    /// <summary>The change that can prepare the commit again on a newer state of the table and clean up after it; null for a commit made by hand.</summary>
    internal IPendingCommit? Origin { get; init; }

    /// <summary>Whether a later state of the table has the commit's change.</summary>
    internal bool HappenedIn(Table table) => SnapshotId is null ? Origin?.HoldsIn(table) ?? false : FindIn(table) is not null;

    /// <summary>The commit's snapshot in a later state of the table, or null when it is not there.</summary>
    internal Snapshot? FindIn(Table table) => SnapshotId is { } id ? table.Metadata.Snapshots.FirstOrDefault(s => s.SnapshotId == id) : null;
}
