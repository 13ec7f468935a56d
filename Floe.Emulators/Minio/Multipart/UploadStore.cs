using System.Collections.Concurrent;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>
/// The multipart uploads of a bucket, kept on disk. A completed upload's folder stays: its parts are the object's content. Which folders
/// are open uploads, content or rubbish follows from the objects alone, so completing is one rename too.
/// </summary>
internal sealed class UploadStore(Bucket bucket, DurableFolder folder) : IDisposable
{
    private readonly ConcurrentDictionary<string, Upload> _open = new(StringComparer.Ordinal);
    private volatile bool _closed;

    public string Folder => folder.Path;

    /// <summary>By key in UTF-8 order, then by time of initiation.</summary>
    public IReadOnlyList<Upload> All =>
        [.. _open.Values.OrderBy(upload => upload.Key).ThenBy(upload => upload.Initiated).ThenBy(upload => upload.Id, StringComparer.Ordinal)];

    /// <exception cref="S3Exception">404 NoSuchUpload.</exception>
    public Upload Get(string id, ObjectKey key) =>
        _open.TryGetValue(id, out var upload) && upload.Key == key ? upload : throw S3Errors.NoSuchUpload(id);

    public Upload Begin(StoredObject description)
    {
        if (_closed)
            throw S3Errors.NoSuchBucket(bucket.Name);
        var id = Guid.NewGuid().ToString("N");
        var upload = new Upload(id, description, new DurableFolder(folder.File(id)));
        using (var file = bucket.NewFile(0))
        {
            ObjectFile.AppendDescription(file.Handle, 0, description);
            file.Flush();
            file.MoveTo(upload.Folder.File(Upload.DescriptionFile));
        }
        upload.Folder.Flush();
        folder.Flush();
        _open[id] = upload;
        return upload;
    }

    /// <summary>Completes an upload: the commit of the object is what counts, the rest is tidying.</summary>
    public void Complete(Upload upload, Func<IReadOnlyDictionary<int, UploadedPart>, StoredObject> assemble, WriteConditions conditions)
    {
        var stored = upload.Complete(parts =>
        {
            var assembled = assemble(parts);
            using var file = bucket.NewFile(0);
            bucket.Commit(file, assembled, conditions);
            return assembled;
        });
        _open.TryRemove(upload.Id, out _);
        File.Delete(upload.Folder.File(Upload.DescriptionFile));
        var used = stored.Segments.Select(segment => segment.File).ToHashSet(StringComparer.Ordinal);
        foreach (var part in upload.Parts.Where(part => !used.Contains(part.Description.FileName)))
            File.Delete(upload.Folder.File(part.Description.FileName));
        upload.Dispose();
    }

    public void Abort(Upload upload)
    {
        upload.Complete(_ => true);
        _open.TryRemove(upload.Id, out _);
        upload.Dispose();
        RemoveFolder(upload.Id);
    }

    /// <summary>Removes an upload's folder with its parts.</summary>
    public void RemoveFolder(string id)
    {
        var path = folder.File(id);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }

    /// <summary>Sorts the folders: content of an object, open upload, rubbish.</summary>
    /// <exception cref="DataDirectoryException">A part is missing or damaged.</exception>
    public void Load(IReadOnlyList<StoredObject> objects)
    {
        var content = objects.Where(stored => stored.UploadId is not null).ToDictionary(stored => stored.UploadId!, StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateDirectories(folder.Path))
        {
            var id = Path.GetFileName(path);
            if (content.Remove(id, out var stored))
                KeepSegments(path, stored);
            else if (File.Exists(Path.Combine(path, Upload.DescriptionFile)))
                _open[id] = Reopen(id, path);
            else
                Directory.Delete(path, recursive: true);
        }
        if (content.Values.FirstOrDefault() is { } lost)
            throw DataDirectoryException.Damaged(folder.File(lost.UploadId!), $"the parts of the object '{lost.Key}' are missing");
    }

    /// <summary>The bucket is being deleted: its open uploads end with it, as in S3.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var upload in All)
            Abort(upload);
    }

    public void Dispose()
    {
        foreach (var upload in _open.Values)
            upload.Dispose();
        folder.Dispose();
    }

    private static void KeepSegments(string path, StoredObject stored)
    {
        var used = stored.Segments.ToDictionary(segment => segment.File, StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(path))
        {
            if (!used.Remove(Path.GetFileName(file), out var segment))
                File.Delete(file);
            else if (new FileInfo(file).Length < segment.Length)
                throw DataDirectoryException.Damaged(file, $"it holds less than the {segment.Length} bytes of its part");
        }
        if (used.Keys.FirstOrDefault() is { } missing)
            throw DataDirectoryException.Damaged(Path.Combine(path, missing), $"a part of the object '{stored.Key}' is missing");
    }

    private static Upload Reopen(string id, string path)
    {
        var descriptionPath = Path.Combine(path, Upload.DescriptionFile);
        StoredObject description;
        try
        {
            description = ObjectFile.Read(descriptionPath);
        }
        catch (InvalidDataException e)
        {
            throw DataDirectoryException.Damaged(descriptionPath, e.Message);
        }
        var parts = ObjectLoader.Load(path, out var version, except: Upload.DescriptionFile);
        var upload = new Upload(id, description, new DurableFolder(path));
        upload.Restore(parts, version);
        return upload;
    }
}
