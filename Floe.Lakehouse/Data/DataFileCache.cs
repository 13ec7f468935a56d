using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Data;

/// <summary>
/// Local copies of immutable files, the least recently used removed above a bound. Safe for several processes on one folder: a file appears
/// by a rename when it is complete, so that two who fetch the same one at once both end with a whole file.
/// </summary>
public sealed class DataFileCache
{
    /// <summary>How long a path stays valid at least after it was given out, whatever the bound says.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    private readonly IFileIO io;
    private readonly string folder;
    private readonly long maxBytes;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> fetching = new(StringComparer.Ordinal);
    private long sinceSweep;

    /// <summary>A cache in a folder.</summary>
    /// <param name="io">Where files come from.</param>
    /// <param name="folder">Folder of the copies, made when it is not there; may be shared with other processes.</param>
    /// <param name="maxBytes">Bound of the copies' size; files in use may exceed it for a while.</param>
    /// <param name="time">Clock.</param>
    public DataFileCache(IFileIO io, string folder, long maxBytes, TimeProvider? time = null)
    {
        (this.io, this.folder, this.maxBytes, this.time) = (io, folder, maxBytes, time ?? TimeProvider.System);
        Directory.CreateDirectory(folder);
    }

    /// <summary>Local path of the file, fetched when it is not there yet.</summary>
    /// <param name="location">Location of a file that never changes.</param>
    /// <exception cref="StorageException">The file cannot be fetched.</exception>
    public async Task<string> GetAsync(string location, CancellationToken ct)
    {
        var path = PathOf(location);
        if (Touch(path))
            return path;

        // One fetch per file and process; it does not stop when one of those who wait gives up.
        var fetch = fetching.GetOrAdd(path, key => new Lazy<Task<string>>(() => FetchAsync(location, key)));
        return await fetch.Value.WaitAsync(ct);
    }

    private async Task<string> FetchAsync(string location, string path)
    {
        try
        {
            return await CopyAsync(location, path);
        }
        finally
        {
            // Here, not where it is waited for: those who wait may all have given up.
            fetching.TryRemove(path, out _);
        }
    }

    private async Task<string> CopyAsync(string location, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await io.DownloadAsync(location, partial, CancellationToken.None);
            var size = new FileInfo(partial).Length;
            File.Move(partial, path, overwrite: true);
            Touch(path);

            // Looking at every file is not cheap with many of them: only after a good part of the bound came in.
            if (Interlocked.Add(ref sinceSweep, size) > maxBytes / 10)
            {
                Interlocked.Exchange(ref sinceSweep, 0);
                Sweep();
            }

            return path;
        }
        catch (IOException e)
        {
            throw new StorageException(location, $"its copy could not be kept in '{folder}': {e.Message}", e);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>Removes the least recently used files above the bound, and what interrupted fetches left behind.</summary>
    private void Sweep()
    {
        var now = time.GetUtcNow().UtcDateTime;
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Select(Describe).OfType<(FileInfo File, DateTime Used, long Size)>().OrderBy(f => f.Used).ToList();
        var total = files.Sum(f => f.Size);
        foreach (var (file, used, size) in files)
        {
            var unused = now - used > Grace;
            if (!unused || (total <= maxBytes && file.Extension != ".partial"))
                continue;
            file.Delete();
            total -= size;
        }
    }

    private static (FileInfo File, DateTime Used, long Size)? Describe(FileInfo file)
    {
        try
        {
            return (file, file.LastAccessTimeUtc, file.Length);
        }
        catch (FileNotFoundException)
        {
            // Another process that shares the folder removed it, or finished its fetch, since it was listed.
            return null;
        }
    }

    /// <summary>Notes the use of a copy; false when it is not there.</summary>
    private bool Touch(string path)
    {
        try
        {
            File.SetLastAccessTimeUtc(path, time.GetUtcNow().UtcDateTime);
            return true;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string PathOf(string location)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(location)));
        return Path.Combine(folder, hash[..2], hash + Path.GetExtension(location));
    }
}
