using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>
/// Removes files below a table's location that nothing of the table refers to: no snapshot, no metadata log, no statistics. They are left by writers
/// that were interrupted. Files younger than a guard stay, because a writer may be about to commit them.
/// </summary>
public sealed class RemoveOrphanFiles(Table table)
{
    private const int DefaultDays = 3;

    /// <summary>Only files last written before this are removed; by default 3 days before now. Must lie further back than any commit takes from its
    /// first file on, by the store's clock.</summary>
    public DateTimeOffset? OlderThan { get; init; }

    /// <summary>Where to search, the table's location or a place below it; by default the table's location.</summary>
    public string? Location { get; init; }

    /// <summary>What <see cref="ExecuteAsync"/> would remove now; changes nothing.</summary>
    /// <exception cref="ValidationException">The place to search is not below the table's location, or the table's <c>gc.enabled</c> is false.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable, so that it is not known which files are needed.</exception>
    /// <exception cref="StorageException">The store cannot be read, or a location is of an unknown kind.</exception>
    public async Task<RemoveOrphanFilesResult> DryRunAsync(CancellationToken ct)
    {
        var root = LocationKey.Of(table.Location);
        var place = Location ?? table.Location;
        if (LocationKey.Of(place).TrimEnd('/') is var searched && searched != root && !searched.StartsWith(root + "/", StringComparison.Ordinal))
            throw new ValidationException($"Orphan files of {table.Identifier} cannot be searched in '{place}', which is not below the table's location '{table.Location}'.");

        var guard = OlderThan ?? table.Time.GetUtcNow().AddDays(-DefaultDays);
        var listed = new List<StoredFile>();
        await foreach (var file in table.IO.ListAsync(place, ct))
            listed.Add(file);

        // After the listing: what was committed meanwhile is referred to.
        var now = await table.RefreshAsync(ct);
        Writable.CheckFilesMayGo(now);
        var reachable = await ReachableAsync(now, ct);
        for (var later = await now.RefreshAsync(ct); later.MetadataLocation != now.MetadataLocation; later = await now.RefreshAsync(ct))
        {
            now = later;
            reachable.UnionWith(await ReachableAsync(now, ct));
        }

        var unknown = listed.Where(f => !reachable.Contains(LocationKey.Of(f.Location))).ToLookup(f => f.LastModified < guard);
        return new RemoveOrphanFilesResult([.. unknown[true].OrderBy(f => f.Location, StringComparer.Ordinal)], listed.Count, unknown[false].Count());
    }

    /// <summary>Removes the files.</summary>
    /// <returns>What was removed.</returns>
    /// <exception cref="StorageException">The store cannot be read, or a file could not be removed.</exception>
    public async Task<RemoveOrphanFilesResult> ExecuteAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.remove_orphans");
        activity?.SetTag(LakehouseActivity.Table, table.Identifier.ToString());
        try
        {
            var result = await DryRunAsync(ct);
            await table.IO.DeleteAsync([.. result.Orphans.Select(f => f.Location)], ct);
            activity?.SetTag(LakehouseActivity.Files, result.Orphans.Count);
            activity?.SetTag(LakehouseActivity.Bytes, result.FileSizeInBytes);
            return result;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            throw;
        }
    }

    private static async Task<HashSet<string>> ReachableAsync(Table now, CancellationToken ct) =>
        [.. await TableFiles.OfAsync(now, ct), LocationKey.Of($"{now.Location}/metadata/version-hint.text")];
}
