using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Floe.Tests.EndToEnd;

/// <summary>Runs a client from npm in a process of its own; modules come from the repository's node_modules.</summary>
internal static class NodeScript
{
    /// <summary>Runs <paramref name="script"/> (path relative to Floe.Tests) and reads the one JSON object that it prints.</summary>
    public static async Task<JsonNode> RunAsync(string script, IReadOnlyDictionary<string, string> environment)
    {
        var path = Path.Combine(RepositoryRoot, "Floe.Tests", script);
        var start = new ProcessStartInfo("node", [path]) { WorkingDirectory = RepositoryRoot, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(timeout.Token);
        Assert.True(process.ExitCode == 0, $"node {script} ended with {process.ExitCode}:\n{await errors}\n{await output}");
        return JsonNode.Parse(await output)!;
    }

    private static string RepositoryRoot { get; } = Path.GetFullPath(Path.Combine(Projects.Floe_AppHost.ProjectPath, ".."));
}
