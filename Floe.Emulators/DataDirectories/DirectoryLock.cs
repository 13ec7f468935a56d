namespace Floe.Emulators.DataDirectories;

/// <summary>A lock of the operating system on a file of a data directory: it ends with the process, however that ends.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the lock on <paramref name="path"/>, a file made when missing; waits for a previous process that is just ending.</summary>
    /// <returns>Null when another process still holds it after <paramref name="patience"/>.</returns>
    /// <exception cref="UnauthorizedAccessException">The file may not be written: nobody holds it, and waiting would not help.</exception>
    /// <exception cref="IOException">The file cannot be opened for another reason than being held.</exception>
    public static async Task<DirectoryLock?> TryTakeAsync(string path, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException e) when (IsHeld(e))
            {
                if (time.GetElapsedTime(start) >= patience)
                    return null;
            }
            await Task.Delay(s_pause, time, cancellationToken);
        }
    }

    public void Dispose() => _file.Dispose();

    /// <summary>EWOULDBLOCK (35 on macOS, 11 elsewhere), or a sharing or lock violation of Windows.</summary>
    private static bool IsHeld(IOException e) =>
        OperatingSystem.IsWindows() ? (e.HResult & 0xFFFF) is 32 or 33 : e.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}
