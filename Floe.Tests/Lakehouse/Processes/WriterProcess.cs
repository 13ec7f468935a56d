using System.Diagnostics;

namespace Floe.Tests.Lakehouse.Processes;

/// <summary>The table writer as a process.</summary>
internal static class WriterProcess
{
    /// <summary>Exit code of a process that was killed: 128 + SIGKILL.</summary>
    public const int Killed = 137;

    /// <summary>Runs it to its end.</summary>
    /// <returns>Its exit code and what it printed to both outputs.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string?> settings, string? faultPoint, params IEnumerable<object> arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Floe.Tests.TableWriter.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument.ToString()!);
        foreach (var (name, value) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["FLOE_FAULT_POINT"] = faultPoint;
        using var process = Process.Start(start)!;
        var outputs = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(outputs).Trim());
    }
}
