using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Tables;

/// <summary>Where the files of a table may lie: inside the warehouse. Metadata come from whoever may write to the table; without this they could make
/// a reader open, or maintenance remove, any file that this process can reach.</summary>
internal sealed class TableLocations
{
    private readonly TableIdentifier table;
    private readonly IReadOnlyList<string> roots;

    private TableLocations(TableIdentifier table, IEnumerable<string> roots) =>
        (this.table, this.roots) = (table, [.. roots.Select(r => Root(r).TrimEnd('/') + "/")]);

    /// <summary>The places of a table, whose own are checked.</summary>
    /// <param name="table">The table.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="metadataLocation">Where they came from, or null.</param>
    /// <param name="warehouse">Locations of the warehouse; none: it is the bucket of the metadata file.</param>
    /// <exception cref="OutsideWarehouseException">The table's location, metadata file or a folder for new files is outside.</exception>
    public static TableLocations Of(TableIdentifier table, TableMetadata metadata, string? metadataLocation, IReadOnlyList<string> warehouse)
    {
        var locations = new TableLocations(table, warehouse.Count > 0 ? warehouse : [Store(metadataLocation ?? metadata.Location)]);
        foreach (var own in new[] { metadata.Location, metadataLocation, metadata.Properties.GetValueOrDefault("write.data.path"), metadata.Properties.GetValueOrDefault("write.metadata.path") })
        {
            if (own is not null)
                locations.Check(own);
        }

        return locations;
    }

    /// <summary>Refuses a location that is outside.</summary>
    /// <exception cref="OutsideWarehouseException">It is.</exception>
    public void Check(string location)
    {
        foreach (var root in roots)
        {
            if (location.StartsWith(root, StringComparison.Ordinal) && !HasDots(location))
                return;
        }

        string? key = null;
        try
        {
            key = LocationKey.Of(location) + "/";
        }
        catch (StorageException)
        {
            // A scheme that is not known is outside of every warehouse.
        }

        if (key is null || HasDots(key) || !roots.Any(r => key.StartsWith(r, StringComparison.Ordinal)))
            throw new OutsideWarehouseException(table, location, roots);
    }

    // Object stores take such names as they are; what passes them on may not.
    private static bool HasDots(string location) => location.Contains("/../", StringComparison.Ordinal) || location.Contains("/./", StringComparison.Ordinal) || location.EndsWith("/..", StringComparison.Ordinal);

    // A warehouse may be a whole bucket, which is no file's location.
    private static string Root(string location) => S3Location.IsS3(location) ? $"s3://{location[(location.IndexOf("://", StringComparison.Ordinal) + 3)..]}" : LocationKey.Of(location);

    // A store of the local file system has no bucket: there the table's own folder is all that is known.
    private static string Store(string location)
    {
        var key = LocationKey.Of(location);
        var end = key.StartsWith("s3:", StringComparison.Ordinal) ? key.IndexOf('/', "s3://".Length) : key.LastIndexOf("/metadata/", StringComparison.Ordinal);
        return end < 0 ? key : key[..end];
    }
}
