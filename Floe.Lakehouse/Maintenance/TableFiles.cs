using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>What of a store belongs to a table.</summary>
public static class TableFiles
{
    /// <summary>The locations of all files that the table refers to: its metadata file and those before it, statistics, and of every snapshot the manifest
    /// list, manifests, data and delete files.</summary>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable.</exception>
    /// <exception cref="Storage.StorageException">The store cannot be read, or a location is of an unknown kind.</exception>
    public static async Task<IReadOnlySet<string>> OfAsync(Table table, CancellationToken ct)
    {
        var metadata = table.Metadata;
        var snapshots = await ReachableFiles.OfAsync(metadata, metadata.Snapshots, table.IO, ct);
        var files = await snapshots.LiveFilesAsync(ct);
        IEnumerable<string> named =
        [
            .. snapshots.ManifestLists.Keys,
            .. snapshots.Manifests.Keys,
            .. metadata.MetadataLog.Select(e => e.MetadataFile),
            .. metadata.StatisticsFiles.Select(s => s.Location),
            .. table.MetadataLocation is { } current ? [current] : Array.Empty<string>(),
        ];
        files.UnionWith(named.Select(LocationKey.Of));
        return files;
    }
}
