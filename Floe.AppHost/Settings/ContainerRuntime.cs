using System.ComponentModel;
using System.Diagnostics;

namespace Floe.AppHost.Settings;

/// <summary>Whether a container runtime is there and works.</summary>
public static class ContainerRuntime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks the runtimes that Aspire can use; a command line tool without its daemon does not count.</summary>
    /// <returns>The runtime that answers, or null; and a sentence that says why.</returns>
    public static (string? Runtime, string Why) Find(string? configured)
    {
        string[] candidates = configured is { Length: > 0 } ? [configured] : ["docker", "podman"];
        List<string> found = [];
        foreach (var runtime in candidates)
        {
            switch (Ask(runtime))
            {
                case true:
                    return (runtime, $"{runtime} answers");
                case false:
                    found.Add(runtime);
                    break;
            }
        }
        return (null, found is [] ? $"no container runtime is installed ({string.Join(", ", candidates)})" : $"{string.Join(" and ", found)} is installed but does not answer");
    }

    /// <summary>true: answers; false: installed, does not answer; null: not installed.</summary>
    private static bool? Ask(string runtime)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(runtime, ["ps", "--quiet"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            // Read, or a full pipe would make the runtime look dead.
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(s_patience))
                return process.ExitCode == 0;
            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }
}
