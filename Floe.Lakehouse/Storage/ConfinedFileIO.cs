namespace Floe.Lakehouse.Storage;

/// <summary>Files of a store, after a check of each location.</summary>
internal sealed class ConfinedFileIO(IFileIO inner, Action<string> check) : IFileIO
{
    public Task<byte[]> ReadAsync(string location, CancellationToken ct) => Checked(location).ReadAsync(location, ct);

    public Task DownloadAsync(string location, string localPath, CancellationToken ct) => Checked(location).DownloadAsync(location, localPath, ct);

    public Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct) => Checked(location).WriteAsync(location, content, ct);

    public Task UploadAsync(string localPath, string location, CancellationToken ct) => Checked(location).UploadAsync(localPath, location, ct);

    public Task<bool> ExistsAsync(string location, CancellationToken ct) => Checked(location).ExistsAsync(location, ct);

    public Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct)
    {
        foreach (var location in locations)
            check(location);
        return inner.DeleteAsync(locations, ct);
    }

    public IAsyncEnumerable<StoredFile> ListAsync(string prefix, CancellationToken ct) => Checked(prefix).ListAsync(prefix, ct);

    private IFileIO Checked(string location)
    {
        check(location);
        return inner;
    }
}
