namespace Floe.Lakehouse.Storage;

/// <summary>A file could not be read, written or removed. Names the location and the reason.</summary>
public class StorageException(string location, string reason, Exception? inner = null)
    : LakehouseException($"Storage of '{location}': {reason}", inner)
{
    /// <summary>Location of the file.</summary>
    public string Location { get; } = location;
}

/// <summary>The file is not there.</summary>
public sealed class FileMissingException(string location, Exception? inner = null)
    : StorageException(location, "the file does not exist; it was removed, or the table refers to a place that this store does not have.", inner);
