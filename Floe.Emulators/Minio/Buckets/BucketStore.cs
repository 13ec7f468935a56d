using System.Collections.Concurrent;
using Floe.Emulators.DataDirectories;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>The whole store: a locked data directory with one folder per bucket.</summary>
internal sealed class BucketStore : IDisposable
{
    private readonly Lock _gate = new();
    private readonly DirectoryLock _lock;
    private readonly DurableFolder _folder;
    private readonly string _temporary;
    private readonly ConcurrentDictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    private BucketStore(DirectoryLock directoryLock, string root)
    {
        _lock = directoryLock;
        _temporary = Path.Combine(root, "tmp");
        _folder = new DurableFolder(Path.Combine(root, "buckets"));
    }

    public IEnumerable<Bucket> All => _buckets.Values.OrderBy(bucket => bucket.Name, StringComparer.Ordinal);

    /// <summary>Takes the directory, removes what a crash left behind and reads the index.</summary>
    /// <exception cref="DataDirectoryException">It is in use, not writable, damaged or not a store's.</exception>
    public static async Task<BucketStore> OpenAsync(string directory, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var root = Path.GetFullPath(directory);
        try
        {
            Directory.CreateDirectory(root);
            var directoryLock = await DirectoryLock.TryTakeAsync(Path.Combine(root, "lock"), patience, time, cancellationToken)
                ?? throw DataDirectoryException.Busy(root, patience);
            try
            {
                StoreFormat.Check(root);
                var store = new BucketStore(directoryLock, root);
                store.Load();
                return store;
            }
            catch
            {
                directoryLock.Dispose();
                throw;
            }
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw DataDirectoryException.NotWritable(root, e.Message.TrimEnd('.'), e);
        }
    }

    /// <exception cref="S3Exception">404 NoSuchBucket.</exception>
    public Bucket Get(string name) => _buckets.TryGetValue(name, out var bucket) ? bucket : throw S3Errors.NoSuchBucket(name);

    /// <exception cref="S3Exception">400 InvalidBucketName, 409 BucketAlreadyOwnedByYou.</exception>
    public void Create(string name)
    {
        if (!BucketName.IsValid(name))
            throw S3Errors.InvalidBucketName(name);
        lock (_gate)
        {
            if (_buckets.ContainsKey(name))
                throw S3Errors.BucketAlreadyOwnedByYou(name);
            // A crash leaves the bucket's folder or none: Load completes it.
            var bucket = Bucket.Load(Directory.CreateDirectory(_folder.File(name)).FullName, _temporary);
            _folder.Flush();
            _buckets[name] = bucket;
        }
    }

    /// <exception cref="S3Exception">404 NoSuchBucket, 409 BucketNotEmpty.</exception>
    public void Delete(string name)
    {
        lock (_gate)
        {
            var bucket = Get(name);
            bucket.Close();
            _buckets.TryRemove(name, out _);
            var grave = Path.Combine(_temporary, Guid.NewGuid().ToString("N"));
            Directory.Move(bucket.Folder, grave);
            _folder.Flush();
            bucket.Dispose();
            Directory.Delete(grave, recursive: true);
        }
    }

    public void Dispose()
    {
        foreach (var bucket in _buckets.Values)
            bucket.Dispose();
        _folder.Dispose();
        _lock.Dispose();
    }

    private void Load()
    {
        if (Directory.Exists(_temporary))
            Directory.Delete(_temporary, recursive: true);
        Directory.CreateDirectory(_temporary);
        foreach (var folder in Directory.EnumerateFileSystemEntries(_folder.Path))
        {
            if (!BucketName.IsValid(Path.GetFileName(folder)) || !Directory.Exists(folder))
                throw DataDirectoryException.Foreign(folder);
            var bucket = Bucket.Load(folder, _temporary);
            _buckets[bucket.Name] = bucket;
        }
    }
}
