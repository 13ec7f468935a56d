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

/// <summary>A file that should be written is there already, with other content: files are written once.</summary>
public sealed class FileExistsException(string location, Exception? inner = null)
    : StorageException(location, "a file with other content is there already, and files are never replaced; write it under another name.", inner);

/// <summary>The store did not answer, or did not go on with its answer, for too long.</summary>
public sealed class StoreTimeoutException(string location, TimeSpan limit, Exception? inner = null)
    : StorageException(location, $"the store gave no sign for {limit.TotalSeconds:0.###} seconds; it is down, overloaded or cut off.", inner);
