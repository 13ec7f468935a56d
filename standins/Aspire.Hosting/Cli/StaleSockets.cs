using System.Diagnostics;
using System.Globalization;

namespace Aspire.Hosting.Cli;

/// <summary>Removes the sockets of AppHosts that were killed.</summary>
internal static class StaleSockets
{
    public static void Delete(string folder, string id)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{id}*"))
        {
            if (int.TryParse(Path.GetExtension(path).TrimStart('.'), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && !IsAlive(pid))
            {
                File.Delete(path);
            }
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
