namespace Floe.AppHost.Settings;

/// <summary>
/// The folder in which the embedded services of one running stack keep their data, claimed by a lock that the operating system drops when the
/// AppHost ends, however it ends.
/// </summary>
public sealed class DataDirectory : IDisposable
{
    private const string LockFileName = "apphost.lock";
    private const int MaxInstances = 32;

    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream claim) => (FullPath, _lock) = (path, claim);

    /// <summary>Full path of the folder.</summary>
    public string FullPath { get; }

    /// <summary>The folder of one service's data; the service makes it.</summary>
    public string For(string resource) => Path.Combine(FullPath, resource);

    /// <summary>Claims exactly <paramref name="path"/>.</summary>
    /// <exception cref="DistributedApplicationException">The folder cannot be written, or another AppHost uses it.</exception>
    public static DataDirectory Claim(string path) =>
        TryClaim(path) ?? throw new DistributedApplicationException(
            $"Floe:DataDirectory '{path}' is in use by another running AppHost; stop that one or give this one a folder of its own with --Floe:DataDirectory=PATH.");

    /// <summary>Claims the first free of <c>root/data</c>, <c>root/data-2</c>, …: a second AppHost beside the first gets data of its own.</summary>
    /// <exception cref="DistributedApplicationException">The folder cannot be written.</exception>
    public static DataDirectory ClaimFirstFree(string root)
    {
        for (var instance = 1; instance <= MaxInstances; instance++)
            if (TryClaim(Path.Combine(root, instance == 1 ? "data" : $"data-{instance}")) is { } claimed)
                return claimed;
        throw new DistributedApplicationException($"All {MaxInstances} data folders under '{root}' are in use; stop an AppHost or set Floe:DataDirectory.");
    }

    public void Dispose() => _lock.Dispose();

    private static DataDirectory? TryClaim(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritable(path, e);
        }

        var file = Path.Combine(path, LockFileName);
        try
        {
            return new(path, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw NotWritable(path, e);
        }
        catch (IOException e) when (e.HResult != SharingViolation && e.HResult != WouldBlock)
        {
            throw NotWritable(path, e);
        }
        catch (IOException)
        {
            return null;
        }
    }

    // .NET reports a held lock as a sharing violation on Windows and as EWOULDBLOCK (Linux 11, macOS 35) elsewhere.
    private const int SharingViolation = unchecked((int)0x80070020);

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;

    private static DistributedApplicationException NotWritable(string path, Exception e) =>
        new($"The data directory '{path}' cannot be written ({e.Message.TrimEnd('.')}); give this user write permission or choose another folder with --Floe:DataDirectory=PATH.");
}
