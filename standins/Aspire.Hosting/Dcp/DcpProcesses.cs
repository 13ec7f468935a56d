using System.Globalization;
using System.Runtime.InteropServices;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// DCP's own processes end two seconds after its API server. Whoever waits for the AppHost expects that nothing of it is
/// left then, so where the system tells which they are (Linux), they are asked to end now that nothing is left to clean up,
/// and waited for. Elsewhere they end by themselves just the same.
/// </summary>
internal static class DcpProcesses
{
    private const int TerminateSignal = 15;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task EndAsync(string sessionFolder, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux()) return;
        var started = time.GetTimestamp();
        var left = OfSession(sessionFolder);
        foreach (var pid in left) _ = Kill(pid, TerminateSignal);
        while (left.Count > 0 && time.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
            left.RemoveAll(pid => !IsOfSession(pid, sessionFolder));
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int pid, int signal);

    private static List<int> OfSession(string sessionFolder) =>
        [.. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid > 0 && IsOfSession(pid, sessionFolder))];

    private static bool IsOfSession(int pid, string sessionFolder)
    {
        try
        {
            return pid != Environment.ProcessId && File.ReadAllText($"/proc/{pid}/cmdline").Contains(sessionFolder, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // gone meanwhile, or not ours
        }
    }
}
