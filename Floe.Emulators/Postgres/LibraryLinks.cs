using System.Text.Json;

namespace Floe.Emulators.Postgres;

/// <summary>
/// npm cannot pack symbolic links, so the package lists its libraries' links in a file for an install script. The build
/// runs no install scripts; the launcher makes the links.
/// </summary>
internal static class LibraryLinks
{
    /// <summary>Makes the links that are not there yet.</summary>
    /// <returns>A file of the package that is missing or damaged; null when there is none.</returns>
    /// <exception cref="PostgresFailure">A link cannot be made.</exception>
    public static string? Ensure(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
            return null; // not every platform's package has links
        try
        {
            using var links = JsonDocument.Parse(File.ReadAllBytes(list));
            foreach (var link in links.RootElement.EnumerateArray())
            {
                var source = Path.GetFullPath(link.GetProperty("source").GetString()!, package);
                if (!File.Exists(source))
                    return source;
                Make(source, Path.GetFullPath(link.GetProperty("target").GetString()!, package));
            }
            return null;
        }
        catch (JsonException)
        {
            return list;
        }
    }

    private static void Make(string source, string target)
    {
        if (File.Exists(target))
            return;
        try
        {
            File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another launcher may have made it in the meantime.
            if (!File.Exists(target))
                throw new PostgresFailure($"The library link {target} could not be made ({exception.Message}); give this user write permission on the folder once.", exception);
        }
    }
}
