namespace Floe.Emulators.Minio;

/// <summary>The data directory cannot be used. The message is one sentence with the path, the reason and the remedy.</summary>
public sealed class DataDirectoryException(string message, Exception? inner = null) : Exception(message, inner)
{
    internal static DataDirectoryException Damaged(string path, string reason) =>
        new($"The S3 store's file '{path}' is damaged: {reason}; restore it from a copy, or delete it and lose what it held.");

    internal static DataDirectoryException Foreign(string path) =>
        new($"The S3 store's data directory holds '{path}', which the store did not write: move it away, or give the store another --data folder.");

    internal static DataDirectoryException Busy(string path, TimeSpan patience) =>
        new($"The S3 store's data directory '{path}' is used by another process (waited {patience.TotalSeconds:0} s): stop that process, or give this one another --data folder.");

    internal static DataDirectoryException NotWritable(string path, string reason, Exception inner) =>
        new($"The S3 store's data directory '{path}' cannot be written ({reason}): grant this user write permission there, or give another --data folder.", inner);
}
