using System.Globalization;

namespace Floe.Emulators.Postgres;

/// <summary>The processes of a PostgreSQL server: all of them work in its data directory. Known on Linux only.</summary>
internal static class LeftoverProcesses
{
    public static bool AreKnown => OperatingSystem.IsLinux();

    public static IReadOnlyList<int> Of(string directory)
    {
        if (!AreKnown)
            return [];
        var actual = WithoutLinks(directory);
        var found = new List<int>();
        foreach (var process in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(process.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && WorksIn(process, actual))
                found.Add(id);
        }
        return found;
    }

    /// <summary>The kernel names working directories without symbolic links; so must we.</summary>
    private static string WithoutLinks(string directory)
    {
        using var file = File.OpenHandle(Path.Combine(directory, "PG_VERSION"));
        var target = File.ResolveLinkTarget($"/proc/self/fd/{file.DangerousGetHandle()}", returnFinalTarget: false);
        return Path.GetDirectoryName(target!.FullName)!;
    }

    private static bool WorksIn(string process, string directory)
    {
        try
        {
            return File.ResolveLinkTarget(Path.Combine(process, "cwd"), returnFinalTarget: false)?.FullName == directory
                && File.ReadAllText(Path.Combine(process, "comm")).Trim() == "postgres";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // it ended while we looked, or belongs to another user
        }
    }
}
