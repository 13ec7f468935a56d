using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Objects;

/// <summary>An object that is being read: it stays readable to the end although it may be replaced or deleted meanwhile.</summary>
internal sealed class ObjectContent : IDisposable
{
    private readonly string _uploads;
    private readonly long[] _starts;
    private SafeFileHandle? _file;
    private int _segment = -1;

    /// <param name="stored">Leased for this reader, which ends the lease.</param>
    /// <param name="file">The object's own file; null when the content lies in part files.</param>
    /// <param name="uploads">The folder of the uploads' folders.</param>
    public ObjectContent(StoredObject stored, SafeFileHandle? file, string uploads)
    {
        Object = stored;
        _file = file;
        _uploads = uploads;
        _starts = new long[stored.Segments.Count];
        for (var i = 1; i < _starts.Length; i++)
            _starts[i] = _starts[i - 1] + stored.Segments[i - 1].Length;
    }

    public StoredObject Object { get; }

    /// <summary>Reads at an offset, at most to the end of a part.</summary>
    /// <exception cref="InvalidDataException">The file is shorter than its description says.</exception>
    public int Read(Span<byte> buffer, long offset)
    {
        var (file, position, left) = Object.UploadId is null ? (_file!, offset, Object.Size - offset) : At(offset);
        var count = RandomAccess.Read(file, buffer[..(int)Math.Min(buffer.Length, left)], position);
        return count > 0 || buffer.IsEmpty ? count : throw new InvalidDataException($"The file of the object '{Object.Key}' ends before its content does.");
    }

    public void Dispose()
    {
        _file?.Dispose();
        Object.EndLease();
    }

    private (SafeFileHandle File, long Position, long Left) At(long offset)
    {
        var found = Array.BinarySearch(_starts, offset);
        var index = found >= 0 ? found : ~found - 1;
        // Several equal starts mean empty parts; the last of them holds the byte.
        while (index + 1 < _starts.Length && _starts[index + 1] <= offset)
            index++;
        var segment = Object.Segments[index];
        if (_segment != index)
        {
            _file?.Dispose();
            _file = System.IO.File.OpenHandle(Path.Combine(_uploads, Object.UploadId!, segment.File), options: FileOptions.SequentialScan);
            _segment = index;
        }
        return (_file!, offset - _starts[index], segment.Length - (offset - _starts[index]));
    }
}
