using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// A folder whose renames and deletions can be forced to disk. .NET opens no directories, so this asks the C library; Windows makes
/// directory changes durable with the file itself and needs nothing.
/// </summary>
internal sealed class DurableFolder : IDisposable
{
    private readonly SafeFileHandle? _handle;

    public DurableFolder(string path)
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(path, 0);
        if (descriptor < 0)
            throw new IOException($"The folder '{path}' cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}.");
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Flush()
    {
        if (_handle is not null)
            RandomAccess.FlushToDisk(_handle);
    }

    public void Dispose() => _handle?.Dispose();

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
