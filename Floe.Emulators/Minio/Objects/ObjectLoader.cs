using System.Collections.Concurrent;
using System.Globalization;

namespace Floe.Emulators.Minio.Objects;

/// <summary>Reads the descriptions of a folder of object files.</summary>
internal static class ObjectLoader
{
    /// <summary>The current version of every object. Older versions, which a crash between commit and clean-up left, are removed.</summary>
    /// <exception cref="DataDirectoryException">A file is damaged or foreign.</exception>
    public static List<StoredObject> Load(string folder, out long highestVersion, string? except = null)
    {
        Dictionary<string, (long Version, string Path)> current = new(StringComparer.Ordinal);
        highestVersion = 0;
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var name = Path.GetFileName(path);
            if (name == except)
                continue;
            var dot = name.LastIndexOf('.');
            if (dot <= 0 || !long.TryParse(name.AsSpan(dot + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var version))
                throw DataDirectoryException.Foreign(path);
            highestVersion = Math.Max(highestVersion, version);
            var identity = name[..dot];
            var stale = "";
            if (!current.TryGetValue(identity, out var other))
                current[identity] = (version, path);
            else if (other.Version < version)
                (stale, current[identity]) = (other.Path, (version, path));
            else
                stale = path;
            if (stale.Length > 0)
                File.Delete(stale);
        }

        var objects = new ConcurrentBag<StoredObject>();
        if (current.Count < 64)
        {
            // Not worth more threads while the whole stack is starting.
            foreach (var (_, path) in current.Values)
                objects.Add(Read(path));
        }
        else
        {
            try
            {
                Parallel.ForEach(current.Values, entry => objects.Add(Read(entry.Path)));
            }
            catch (AggregateException e) when (e.InnerExceptions[0] is DataDirectoryException damaged)
            {
                throw damaged;
            }
        }
        return [.. objects];
    }

    private static StoredObject Read(string path)
    {
        try
        {
            var stored = ObjectFile.Read(path);
            stored.FileName = Path.GetFileName(path);
            return stored;
        }
        catch (InvalidDataException e)
        {
            throw DataDirectoryException.Damaged(path, e.Message);
        }
    }
}
