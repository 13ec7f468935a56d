namespace Floe.Lakehouse.Storage;

/// <summary>Chooses the store by the location's scheme: <c>s3://</c>, or <c>file://</c> and absolute paths.</summary>
public sealed class ResolvingFileIO(S3FileIO s3, LocalFileIO local) : IFileIO
{
    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string location, CancellationToken ct) => For(location).ReadAsync(location, ct);

    /// <inheritdoc/>
    public Task DownloadAsync(string location, string localPath, CancellationToken ct) => For(location).DownloadAsync(location, localPath, ct);

    /// <inheritdoc/>
    public Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct) => For(location).WriteAsync(location, content, ct);

    /// <inheritdoc/>
    public Task UploadAsync(string localPath, string location, CancellationToken ct) => For(location).UploadAsync(localPath, location, ct);

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string location, CancellationToken ct) => For(location).ExistsAsync(location, ct);

    /// <inheritdoc/>
    public async Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct)
    {
        foreach (var store in locations.GroupBy(For))
            await store.Key.DeleteAsync([.. store], ct);
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StoredFile> ListAsync(string prefix, CancellationToken ct) => For(prefix).ListAsync(prefix, ct);

    private IFileIO For(string location) =>
        S3Location.IsS3(location) ? s3
        : location.StartsWith("file:", StringComparison.Ordinal) || Path.IsPathRooted(location) ? local
        : throw new StorageException(location, "its scheme is not known; known are s3:// and file://.");
}
