using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>An open multipart upload: a folder with its own description and the parts <c>{number}.{version}</c>.</summary>
internal sealed class Upload(string id, StoredObject description, DurableFolder folder) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, UploadedPart> _parts = [];
    private long _version;
    private bool _closed;

    /// <summary>The file that makes the folder an open upload.</summary>
    public const string DescriptionFile = "upload";

    public string Id { get; } = id;

    public ObjectKey Key => Description.Key;

    public DateTimeOffset Initiated => Description.Modified;

    /// <summary>Key, attributes and checksum algorithm of the object to be.</summary>
    public StoredObject Description { get; } = description;

    public DurableFolder Folder { get; } = folder;

    /// <summary>In order of their numbers.</summary>
    public IReadOnlyList<UploadedPart> Parts
    {
        get
        {
            lock (_gate)
                return [.. _parts.Values];
        }
    }

    /// <summary>Puts a received part in its place; one with the same number before it is replaced.</summary>
    /// <exception cref="S3Exception">404 NoSuchUpload: completed or aborted meanwhile.</exception>
    public void Put(int number, TemporaryFile file, StoredObject part)
    {
        ObjectFile.AppendDescription(file.Handle, part.Size, part);
        file.Flush();
        lock (_gate)
        {
            if (_closed)
                throw S3Errors.NoSuchUpload(Id);
            part.FileName = $"{number:D5}.{++_version:x16}";
            file.MoveTo(Folder.File(part.FileName));
            Folder.Flush();
            if (_parts.TryGetValue(number, out var previous))
                File.Delete(Folder.File(previous.Description.FileName));
            _parts[number] = new UploadedPart(number, part);
        }
    }

    /// <summary>Takes over what an earlier process received.</summary>
    public void Restore(IEnumerable<StoredObject> parts, long version)
    {
        foreach (var part in parts)
        {
            var number = int.Parse(part.FileName.AsSpan(0, 5), System.Globalization.CultureInfo.InvariantCulture);
            _parts[number] = new UploadedPart(number, part);
        }
        _version = version;
    }

    /// <summary>Runs the completion while no part can arrive; closes the upload when it succeeds.</summary>
    /// <exception cref="S3Exception">404 NoSuchUpload, or what the completion throws.</exception>
    public T Complete<T>(Func<IReadOnlyDictionary<int, UploadedPart>, T> completion)
    {
        lock (_gate)
        {
            if (_closed)
                throw S3Errors.NoSuchUpload(Id);
            var result = completion(_parts);
            _closed = true;
            return result;
        }
    }

    public void Dispose() => Folder.Dispose();
}
