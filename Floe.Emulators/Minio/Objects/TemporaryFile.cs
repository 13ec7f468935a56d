using Floe.Emulators.Minio.Errors;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Objects;

/// <summary>A file that is being written. Unless it is moved to its place, disposing deletes it; after a crash the next start does.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private const long PreallocateFrom = 4 * 1024 * 1024;
    private readonly string _path;
    private bool _moved;

    /// <exception cref="S3Exception">507: the disk has no room for it.</exception>
    public TemporaryFile(string folder, long expectedSize)
    {
        _path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        // Reserving the space of a big file finds a full disk before the upload does, and keeps the file in one piece.
        var reserved = expectedSize >= PreallocateFrom ? expectedSize : 0;
        try
        {
            Handle = File.OpenHandle(_path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, preallocationSize: reserved);
        }
        catch (IOException) when (reserved > 0 && Directory.Exists(folder) && !File.Exists(_path))
        {
            // .NET takes the file away again when the space is not there, and gives no error number.
            throw S3Errors.StorageFull();
        }
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Forces the content to disk, so that a rename afterwards cannot show a file that is not whole.</summary>
    public void Flush() => RandomAccess.FlushToDisk(Handle);

    public void MoveTo(string path)
    {
        File.Move(_path, path, overwrite: true);
        _moved = true;
    }

    public void Dispose()
    {
        Handle.Dispose();
        if (!_moved)
            File.Delete(_path);
    }
}
