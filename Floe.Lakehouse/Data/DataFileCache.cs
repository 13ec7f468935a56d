using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Data;

/// <summary>
/// Local copies of immutable files, the least recently used removed above a bound. Safe for several processes on one folder: a file appears
/// by a rename when it is complete, so that two who fetch the same one at once both end with a whole file. Its name holds its length and checksum: a
/// copy that was damaged is noticed when a process first uses it, one that was cut short at every use, and fetched again.
/// </summary>
public sealed class DataFileCache
{
    /// <summary>How long a path stays valid at least after it was given out, whatever the bound says.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(10);

    /// <summary>A fetch that began longer ago was interrupted.</summary>
    internal static readonly TimeSpan LongestFetch = TimeSpan.FromDays(1);

    private const string PartialExtension = ".partial";

    private readonly IFileIO io;
    private readonly string folder;
    private readonly long maxBytes;
    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> fetching = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Copy> known = new(StringComparer.Ordinal);
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
    public Task<string> GetAsync(string location, CancellationToken ct) => GetAsync(location, null, ct);

    /// <summary>Local path of a table's file.</summary>
    /// <exception cref="StorageException">The file cannot be fetched.</exception>
    /// <exception cref="CorruptFileException">The file in the store does not have the length that the table's manifest gives it.</exception>
    public Task<string> GetAsync(DataFile file, CancellationToken ct) => GetAsync(file.FilePath, file.FileSizeInBytes, ct);

    private async Task<string> GetAsync(string location, long? size, CancellationToken ct)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(location)));
        if (known.TryGetValue(key, out var copy) && copy.Length == (size ?? copy.Length) && Touch(copy))
            return copy.Path;

        // One fetch per file and process; it does not stop when one of those who wait gives up.
        var fetch = fetching.GetOrAdd(key, _ => new Lazy<Task<string>>(() => Task.Run(() => FindOrFetchAsync(key, location, size))));
        return await fetch.Value.WaitAsync(ct);
    }

    private async Task<string> FindOrFetchAsync(string key, string location, long? size)
    {
        try
        {
            var copy = Find(key, location, size) ?? await FetchAsync(key, location, size);
            known[key] = copy;
            return copy.Path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(location, $"its copy could not be kept in '{folder}': {e.Message}", e);
        }
        finally
        {
            // Here, not where it is waited for: those who wait may all have given up.
            fetching.TryRemove(key, out _);
        }
    }

    /// <summary>The copy that this or another process made, if it is whole; one that is not is removed.</summary>
    private Copy? Find(string key, string location, long? size)
    {
        var place = new DirectoryInfo(FolderOf(key));
        if (!place.Exists)
            return null;
        foreach (var file in place.EnumerateFiles($"{key}-*{Path.GetExtension(location)}"))
        {
            if (Copy.Parse(file.FullName) is not { } copy)
                continue;
            try
            {
                if (Touch(copy) && copy.Length == (size ?? copy.Length) && Crc32C.OfFile(copy.Path) == copy.Checksum)
                    return copy;
                file.Delete();
            }
            catch (FileNotFoundException)
            {
                // Another process removed it since it was listed.
            }
        }

        return null;
    }

    private async Task<Copy> FetchAsync(string key, string location, long? size)
    {
        var place = FolderOf(key);
        Directory.CreateDirectory(place);
        var partial = Path.Combine(place, string.Create(CultureInfo.InvariantCulture, $"{key}.{time.GetUtcNow().UtcTicks}.{Guid.NewGuid():N}{PartialExtension}"));
        try
        {
            await io.DownloadAsync(location, partial, CancellationToken.None);
            var length = new FileInfo(partial).Length;
            if (size is { } said && length != said)
                throw new CorruptFileException(location, string.Create(CultureInfo.InvariantCulture, $"it has {length} bytes, and {said} by the table's manifest."));
            var copy = new Copy(place, key, length, Crc32C.OfFile(partial), Path.GetExtension(location));
            File.Move(partial, copy.Path, overwrite: true);
            Touch(copy);

            // Looking at every file is not cheap with many of them: only after a good part of the bound came in.
            if (Interlocked.Add(ref sinceSweep, length) > maxBytes / 10)
            {
                Interlocked.Exchange(ref sinceSweep, 0);
                Sweep();
            }

            return copy;
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
            if (file.Extension == PartialExtension ? now - BegunAt(file) < LongestFetch : now - used <= Grace || total <= maxBytes)
                continue;
            file.Delete();
            total -= size;
        }
    }

    /// <summary>When a fetch began: its name tells, by this cache's clock.</summary>
    private static DateTime BegunAt(FileInfo partial) =>
        partial.Name.Split('.') is [_, var ticks, _, _] && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var begun) && begun <= DateTime.MaxValue.Ticks
            ? new DateTime(begun, DateTimeKind.Utc)
            : DateTime.MinValue;

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

    /// <summary>Notes the use of a copy; false when it is not there, or not as long as it was.</summary>
    private bool Touch(Copy copy)
    {
        try
        {
            File.SetLastAccessTimeUtc(copy.Path, time.GetUtcNow().UtcDateTime);
            return new FileInfo(copy.Path).Length == copy.Length;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    private string FolderOf(string key) => Path.Combine(folder, key[..2]);

    /// <summary>A copy: <c>KEY-LENGTH-CHECKSUM.extension</c>.</summary>
    private sealed record Copy(string Path, long Length, uint Checksum)
    {
        public Copy(string folder, string key, long length, uint checksum, string extension)
            : this(System.IO.Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{key}-{length}-{checksum:x8}{extension}")), length, checksum)
        {
        }

        public static Copy? Parse(string path) =>
            System.IO.Path.GetFileNameWithoutExtension(path).Split('-') is [_, var length, var checksum]
            && long.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && uint.TryParse(checksum, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var crc)
                ? new Copy(path, bytes, crc)
                : null;
    }
}
