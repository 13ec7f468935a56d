namespace Floe.Emulators.Minio.Buckets;

/// <summary>An operating-system lock on the data directory: it ends with the process, however that ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock; waits for a previous process that is just ending.</summary>
    /// <exception cref="DataDirectoryException">It does not end in time.</exception>
    public static DirectoryLock Take(string root, TimeSpan patience, CancellationToken cancellationToken)
    {
        var path = Path.Combine(root, "lock");
        var deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException) && IsSharing(e))
            {
                if (Environment.TickCount64 >= deadline)
                    throw DataDirectoryException.Busy(root, patience);
                cancellationToken.WaitHandle.WaitOne(100);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK (11 on Linux, 35 on macOS), or a sharing or lock violation of Windows.</summary>
    private static bool IsSharing(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult is 11 or 35;
}
