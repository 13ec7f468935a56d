using Floe.Lakehouse.Catalog;

namespace Floe.Lakehouse.Tables;

/// <summary>A change that can prepare its commit on any later state of its table, and clean up after it: what <see cref="CommitLoop"/> tries again.
/// Every attempt must add a snapshot with the same id, or none when only metadata change.</summary>
internal interface IPendingCommit
{
    /// <summary>The table as it was when the change began.</summary>
    Table Table { get; }

    /// <summary>Rows of the files that the change adds.</summary>
    long AddedRows { get; }

    /// <summary>Bytes of the files that the change adds.</summary>
    long AddedBytes { get; }

    /// <summary>The commit on a state of the table.</summary>
    /// <exception cref="CommitFailedException">The change does not apply to that state; trying again is of no use.</exception>
    Task<TableCommit> PrepareOnAsync(Table at, CancellationToken ct);

    /// <summary>Why the change does not apply to that state of the table, as far as the metadata tell, or null when it does.</summary>
    string? Conflict(Table now);

    /// <summary>Whether that state of the table has all that the change wants, where it adds no snapshot to know it by.</summary>
    bool HoldsIn(Table now) => false;

    /// <summary>After success with this manifest list: removes what attempts wrote that were not the one.</summary>
    Task KeepAsync(string manifestList);

    /// <summary>After failure: removes all files of the change.</summary>
    Task DiscardAsync();
}
