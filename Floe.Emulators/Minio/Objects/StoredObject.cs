using Floe.Emulators.Minio.Checksums;

namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// One version of an object, immutable. Its content lies in its own file, or, after a multipart upload, in the files of the parts,
/// which are referred to and never copied. Readers lease it: part files outlive a delete until the last lease ends.
/// </summary>
internal sealed class StoredObject
{
    private readonly Lock _gate = new();
    private int _leases;
    private Action? _afterLastLease;

    public required ObjectKey Key { get; init; }

    public required long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public required DateTimeOffset Modified { get; init; }

    public ObjectAttributes Attributes { get; init; } = ObjectAttributes.Empty;

    public ObjectChecksum? Checksum { get; init; }

    /// <summary>The multipart upload whose part files hold the content; null: the object's own file does.</summary>
    public string? UploadId { get; init; }

    /// <summary>The part files in order; empty unless <see cref="UploadId"/> is set.</summary>
    public IReadOnlyList<Segment> Segments { get; init; } = [];

    /// <summary>File name inside the bucket's object folder; set when committed or loaded.</summary>
    public string FileName { get; set; } = "";

    /// <summary>False when the object is gone already.</summary>
    public bool TryLease()
    {
        lock (_gate)
        {
            if (_afterLastLease is not null)
                return false;
            _leases++;
            return true;
        }
    }

    public void EndLease()
    {
        Action? last;
        lock (_gate)
        {
            last = --_leases == 0 ? _afterLastLease : null;
        }
        last?.Invoke();
    }

    /// <summary>The object is deleted or replaced: no new leases; the clean-up runs now or after the last one.</summary>
    public void Retire(Action cleanUp)
    {
        lock (_gate)
        {
            _afterLastLease = cleanUp;
            if (_leases > 0)
                return;
        }
        cleanUp();
    }
}
