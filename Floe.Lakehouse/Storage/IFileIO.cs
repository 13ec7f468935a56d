namespace Floe.Lakehouse.Storage;

/// <summary>Files of tables by location (<c>s3://bucket/key</c>, <c>file:///path</c>). Files are immutable: written once, whole, then read.</summary>
public interface IFileIO
{
    /// <summary>The whole file.</summary>
    /// <exception cref="StorageException">The file is missing or the store cannot serve it.</exception>
    Task<byte[]> ReadAsync(string location, CancellationToken ct);

    /// <summary>Copies the file to a local path, which must not exist yet. Leaves nothing there when it fails.</summary>
    /// <exception cref="StorageException">The file is missing, or did not arrive whole, or the store cannot serve it.</exception>
    Task DownloadAsync(string location, string localPath, CancellationToken ct);

    /// <summary>Writes a new file; visible when complete. A file that is there is never replaced; one with the same content counts as written,
    /// because it may come from an attempt whose answer got lost.</summary>
    /// <exception cref="FileExistsException">A file with other content is there.</exception>
    /// <exception cref="StorageException">The store cannot take it.</exception>
    Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct);

    /// <summary>Writes a new file from a local path; otherwise as <see cref="WriteAsync"/>.</summary>
    Task UploadAsync(string localPath, string location, CancellationToken ct);

    /// <summary>Whether the file is there.</summary>
    Task<bool> ExistsAsync(string location, CancellationToken ct);

    /// <summary>Removes files; those already gone are no error.</summary>
    Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct);

    /// <summary>The files below a location, in no promised order.</summary>
    IAsyncEnumerable<StoredFile> ListAsync(string prefix, CancellationToken ct);
}
