using DuckDB.NET.Data;

namespace Floe.CubeProxy.Snapshots;

/// <summary>One immutable state of a table.</summary>
public interface ITableVersion
{
    /// <summary>Equal ids mean equal rows.</summary>
    string Id { get; }

    /// <summary>What people call it: the snapshot's id; of files, which have none, a digest of their state.</summary>
    string Snapshot { get; }

    /// <summary>When it came to be: the commit; of files, when the newest was written.</summary>
    DateTimeOffset CommittedAt { get; }

    /// <summary>How the table came to this state; null where the source does not say.</summary>
    SnapshotOrigin? Origin => null;

    /// <summary>Names of its columns; null where the source does not say without reading.</summary>
    IReadOnlyList<string>? Columns => null;

    /// <summary>A query that gives the rows, to be run on <paramref name="db"/>.</summary>
    Task<string> ToSqlAsync(DuckDBConnection db, CancellationToken ct);
}
