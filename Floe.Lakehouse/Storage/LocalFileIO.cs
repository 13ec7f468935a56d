using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Floe.Lakehouse.Storage;

/// <summary>Files of the local file system by <c>file://</c> locations or absolute paths.</summary>
public sealed class LocalFileIO : IFileIO
{
    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(string location, CancellationToken ct) =>
        Guard(location, () => File.ReadAllBytesAsync(PathOf(location), ct));

    /// <inheritdoc/>
    public Task DownloadAsync(string location, string localPath, CancellationToken ct) =>
        Guard(location, async () =>
        {
            await using var source = File.OpenRead(PathOf(location));
            await using var target = new FileStream(localPath, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            try
            {
                await source.CopyToAsync(target, ct);
            }
            catch
            {
                File.Delete(localPath);
                throw;
            }

            return true;
        });

    /// <inheritdoc/>
    public Task WriteAsync(string location, ReadOnlyMemory<byte> content, CancellationToken ct) =>
        Create(location, target => target.WriteAsync(content, ct).AsTask());

    /// <inheritdoc/>
    public Task UploadAsync(string localPath, string location, CancellationToken ct) =>
        Create(location, async target =>
        {
            await using var source = File.OpenRead(localPath);
            await source.CopyToAsync(target, ct);
        });

    /// <inheritdoc/>
    public Task<bool> ExistsAsync(string location, CancellationToken ct) => Task.FromResult(File.Exists(PathOf(location)));

    /// <inheritdoc/>
    public Task DeleteAsync(IReadOnlyCollection<string> locations, CancellationToken ct)
    {
        foreach (var location in locations)
        {
            try
            {
                File.Delete(PathOf(location));
            }
            catch (DirectoryNotFoundException)
            {
                // Already gone, folder included.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new StorageException(location, e.Message, e);
            }
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFile> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        var folder = PathOf(prefix);
        if (!Directory.Exists(folder))
            yield break;
        using var files = Guarded(prefix, () => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).GetEnumerator());
        while (Guarded(prefix, files.MoveNext))
        {
            ct.ThrowIfCancellationRequested();
            if (Describe(files.Current) is not var (size, written))
                continue;
            var relative = Path.GetRelativePath(folder, files.Current.FullName).Replace(Path.DirectorySeparatorChar, '/');
            yield return new StoredFile($"{prefix.TrimEnd('/')}/{relative}", size, written);
        }

        await Task.CompletedTask;
    }

    /// <summary>The local path of a location. Percent signs are kept: a location is a name, not an escaped URI.</summary>
    public static string PathOf(string location)
    {
        var path = location.StartsWith("file://", StringComparison.Ordinal) ? location["file://".Length..]
            : location.StartsWith("file:", StringComparison.Ordinal) ? location["file:".Length..]
            : location;
        return Path.IsPathRooted(path) ? path : throw new StorageException(location, "it is not an absolute path; write file:///folder/file.");
    }

    /// <summary>Size and time of a file; null for one that was removed since it was listed.</summary>
    private static (long Size, DateTime Written)? Describe(FileInfo file)
    {
        try
        {
            return (file.Length, file.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private static T Guarded<T>(string location, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(location, e.Message, e);
        }
    }

    private static Task Create(string location, Func<Stream, Task> write) => Guard(location, async () =>
    {
        // Renamed when complete, so that no reader sees half a file; refuses to replace, because locations are written once.
        var path = PathOf(location);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await using (var target = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                await write(target);
            await MoveAsync(partial, path, location);
        }
        finally
        {
            File.Delete(partial);
        }

        return true;
    });

    private static async Task MoveAsync(string partial, string path, string location)
    {
        try
        {
            NewFile.Move(partial, path);
        }
        catch (IOException e) when (File.Exists(path))
        {
            await using var there = File.OpenRead(path);
            await using var here = File.OpenRead(partial);
            var hashes = there.Length == here.Length ? await Task.WhenAll(SHA256.HashDataAsync(there).AsTask(), SHA256.HashDataAsync(here).AsTask()) : null;
            if (hashes is null || !hashes[0].AsSpan().SequenceEqual(hashes[1]))
                throw new FileExistsException(location, e);
        }
    }

    private static async Task<T> Guard<T>(string location, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FileMissingException(location, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(location, e.Message, e);
        }
    }
}
