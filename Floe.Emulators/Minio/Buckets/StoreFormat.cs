using Floe.Emulators.CommandLine;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>The mark that makes a folder a store's, so that nobody's other files are ever swept away.</summary>
internal static class StoreFormat
{
    private const string FileName = "format";
    private const string Current = "floe-s3 1";

    /// <exception cref="DataDirectoryException">The folder holds something else, or another format.</exception>
    public static void Check(string root)
    {
        var path = Path.Combine(root, FileName);
        if (File.Exists(path))
        {
            var format = File.ReadAllText(path).Trim();
            if (format != Current)
                throw DataDirectoryException.Damaged(path, $"it says '{(format.Length > 40 ? format[..40] : format)}' instead of '{Current}'");
            return;
        }

        foreach (var entry in Directory.EnumerateFileSystemEntries(root))
        {
            if (Path.GetFileName(entry) is not ("lock" or "lock.format" or CredentialsFile.FileName))
                throw DataDirectoryException.Foreign(entry);
        }
        // Written aside and renamed: a crash must not leave an empty mark.
        var draft = Path.Combine(root, "lock.format");
        File.WriteAllText(draft, Current + "\n");
        File.Move(draft, path, overwrite: true);
    }
}
