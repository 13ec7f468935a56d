namespace Floe.Lakehouse.Storage;

/// <summary>A stored file.</summary>
/// <param name="Location">Full location.</param>
/// <param name="Size">Bytes.</param>
/// <param name="LastModified">When it was last written.</param>
public sealed record StoredFile(string Location, long Size, DateTimeOffset LastModified);

/// <summary>Files of tables by location (<c>s3://bucket/key</c>, <c>file:///path</c>). Files are immutable: written once, whole, then read.</summary>
public interface IFileIO
{
    /// <summary>The whole file.</summary>
    /// <exception cref="StorageException">The file is missing or the store cannot serve it.</exception>
    Task<byte[]> ReadAsync(string location, CancellationToken ct);

    /// <summary>Copies the file to a local path, which must not exist yet.</summary>
    Task DownloadAsync(string location, string localPath, CancellationToken ct);

    /// <summary>Writes a new file; visible when complete.</summary>
    Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Writes a new file from a local path; visible when complete.</summary>
    Task UploadAsync(string localPath, string location, CancellationToken ct);

    /// <summary>Whether the file is there.</summary>
    Task<bool> ExistsAsync(string location, CancellationToken ct);

    /// <summary>Removes files; those already gone are no error.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct);

    /// <summary>The files below a location, in no promised order.</summary>
    IAsyncEnumerable<StoredFile> ListAsync(string prefix, CancellationToken ct);
}

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
