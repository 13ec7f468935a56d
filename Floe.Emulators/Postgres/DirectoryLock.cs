namespace Floe.Emulators.Postgres;

/// <summary>One launcher per data directory. The operating system releases the lock when its process dies, however it dies.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan pause = TimeSpan.FromMilliseconds(100);

    private readonly FileStream file;

    private DirectoryLock(FileStream file) => this.file = file;

    /// <summary>Waits for a previous launcher that is just ending.</summary>
    public static async Task<DirectoryLock> TakeAsync(string directory, TimeProvider time, CancellationToken cancellationToken)
    {
        var path = Path.Combine(directory, "launcher.lock");
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new DirectoryLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (UnauthorizedAccessException exception)
            {
                throw new PostgresFailure($"The data directory {directory} is not writable for this user ({exception.Message}); give it write permission or choose another folder.", exception);
            }
            catch (IOException exception) when (time.GetElapsedTime(start) > patience)
            {
                throw new PostgresFailure($"The data directory {directory} is in use by another launcher ({path} is still locked after {patience.TotalSeconds:0} s); stop that one or give each its own --data.", exception);
            }
            catch (IOException)
            {
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    public void Dispose() => file.Dispose();
}
