using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Multipart;
using Floe.Emulators.Minio.Objects;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>
/// One bucket: a folder of object files named <c>{hash of the key}.{version}</c>, and a folder of multipart uploads. A write is visible
/// with one rename; of two versions that a crash left behind the higher counts.
/// </summary>
internal sealed class Bucket : IDisposable
{
    private const int Stripes = 64;
    private readonly Lock[] _stripes = [.. Enumerable.Range(0, Stripes).Select(_ => new Lock())];
    private readonly string _temporary;
    private readonly DurableFolder _objects;
    private long _version;
    private volatile bool _deleted;

    private Bucket(string name, string folder, string temporary, DateTimeOffset created)
    {
        Name = name;
        Folder = folder;
        Created = created;
        _temporary = temporary;
        _objects = new DurableFolder(Path.Combine(folder, "objects"));
        Uploads = new UploadStore(this, new DurableFolder(Path.Combine(folder, "multipart")));
    }

    public string Name { get; }

    public string Folder { get; }

    public DateTimeOffset Created { get; }

    public ObjectIndex Objects { get; } = new();

    public UploadStore Uploads { get; }

    /// <summary>Opens a bucket's folder and reads its index; removes what a crash left behind.</summary>
    /// <exception cref="DataDirectoryException">A file is damaged.</exception>
    public static Bucket Load(string folder, string temporary)
    {
        var bucket = new Bucket(Path.GetFileName(folder), folder, temporary, Directory.GetCreationTimeUtc(folder));
        var objects = ObjectLoader.Load(bucket._objects.Path, out bucket._version);
        bucket.Objects.Load(objects);
        bucket.Uploads.Load(objects);
        return bucket;
    }

    /// <summary>A file for content that arrives; on the same disk, so that it can be renamed into place.</summary>
    public TemporaryFile NewFile(long expectedSize) => new(_temporary, expectedSize);

    /// <exception cref="S3Exception">404 NoSuchKey.</exception>
    public StoredObject Get(ObjectKey key) => Objects.Find(key) ?? throw S3Errors.NoSuchKey(key.Text);

    /// <summary>Opens an object for reading.</summary>
    /// <exception cref="S3Exception">404 NoSuchKey.</exception>
    public ObjectContent Open(ObjectKey key)
    {
        while (true)
        {
            var stored = Get(key);
            if (!stored.TryLease())
                continue;
            try
            {
                return new ObjectContent(stored, OpenOwnFile(stored), Uploads.Folder);
            }
            catch (FileNotFoundException) when (Objects.Find(key) != stored)
            {
                // Replaced or deleted between the look-up and the opening: look again.
                stored.EndLease();
            }
            catch
            {
                stored.EndLease();
                throw;
            }
        }
    }

    /// <summary>Makes a written file the current version of its object: checks, renames, and only then forgets the old one.</summary>
    /// <exception cref="S3Exception">A condition does not hold, or the bucket is gone.</exception>
    public void Commit(TemporaryFile file, StoredObject stored, WriteConditions conditions)
    {
        ObjectFile.AppendDescription(file.Handle, stored.UploadId is null ? stored.Size : 0, stored);
        file.Flush();
        var hash = stored.Key.Hash();
        lock (Stripe(hash))
        {
            if (_deleted)
                throw S3Errors.NoSuchBucket(Name);
            var existing = Objects.Find(stored.Key);
            conditions.Check(stored.Key, existing);
            stored.FileName = $"{hash}.{Interlocked.Increment(ref _version):x16}";
            var path = _objects.File(stored.FileName);
            file.MoveTo(path);
            try
            {
                _objects.Flush();
            }
            catch
            {
                File.Delete(path);
                throw;
            }
            Objects.Put(stored);
            if (existing is not null)
            {
                File.Delete(_objects.File(existing.FileName));
                RemoveParts(existing);
            }
        }
    }

    /// <summary>Deletes objects; keys that do not exist are fine.</summary>
    public void Delete(IReadOnlyCollection<ObjectKey> keys, WriteConditions conditions)
    {
        List<StoredObject> removed = [];
        foreach (var key in keys)
        {
            lock (Stripe(key.Hash()))
            {
                var existing = Objects.Find(key);
                conditions.Check(key, existing);
                if (existing is null)
                    continue;
                File.Delete(_objects.File(existing.FileName));
                Objects.Remove(key);
                removed.Add(existing);
            }
        }
        if (removed.Count == 0)
            return;
        // The objects must be gone for good before their parts are.
        _objects.Flush();
        foreach (var stored in removed)
            RemoveParts(stored);
    }

    /// <summary>Closes an empty bucket for writes and hands it to the caller, who removes the folder.</summary>
    /// <exception cref="S3Exception">409 BucketNotEmpty.</exception>
    public void Close()
    {
        foreach (var stripe in _stripes)
            stripe.Enter();
        try
        {
            if (Objects.Count > 0)
                throw S3Errors.BucketNotEmpty(Name);
            _deleted = true;
        }
        finally
        {
            foreach (var stripe in _stripes)
                stripe.Exit();
        }
        Uploads.Close();
    }

    public void Dispose()
    {
        _objects.Dispose();
        Uploads.Dispose();
    }

    private SafeFileHandle? OpenOwnFile(StoredObject stored) => stored.UploadId is not null
        ? null
        : File.OpenHandle(_objects.File(stored.FileName), share: FileShare.Read | FileShare.Delete, options: FileOptions.SequentialScan);

    private void RemoveParts(StoredObject stored)
    {
        if (stored.UploadId is { } upload)
            stored.Retire(() => Uploads.RemoveFolder(upload));
    }

    private Lock Stripe(string hash) => _stripes[Convert.ToByte(hash[..2], 16) % Stripes];
}
