using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Floe.Tests.Minio;

/// <summary>The store as a process of its own, as the AppHost starts it: it can be killed.</summary>
internal sealed partial class StoreProcess : IAsyncDisposable
{
    public const string AccessKey = "floe-process";
    public const string SecretKey = "floe-process-secret";
    private readonly Process _process;

    private StoreProcess(Process process, string endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public RawS3 Client => new(Endpoint, AccessKey, SecretKey);

    /// <summary>Starts the store on a folder and waits until it listens.</summary>
    /// <param name="directory">The store's data directory.</param>
    /// <param name="under">A program and its options that runs the store: a tracer.</param>
    public static async Task<StoreProcess> StartAsync(string directory, params string[] under)
    {
        var process = Launch(directory, SecretKey, under, []);
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (Listening().Match(line) is { Success: true } match)
            {
                // Nobody reads the rest; an undrained pipe would block the store.
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                _ = process.StandardError.BaseStream.CopyToAsync(Stream.Null);
                return new StoreProcess(process, match.Value);
            }
        }
        throw new InvalidOperationException($"The store did not start: {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Runs a store that is expected to refuse; its exit code and what it said.</summary>
    public static async Task<(int ExitCode, string Error)> RunToEndAsync(string directory, string secretKey = SecretKey, params string[] arguments)
    {
        using var process = Launch(directory, secretKey, [], arguments);
        var error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await error).Trim());
    }

    /// <summary>The most memory that it has had, in bytes (Linux).</summary>
    public long PeakMemory => 1024 * long.Parse(File.ReadLines($"/proc/{_process.Id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(':', 'k')[1]);

    /// <summary>SIGTERM, and waits for the end.</summary>
    public async Task StopAsync()
    {
        // A tracer passes it on to the store only when it is sent to the group's child.
        foreach (var child in Process.GetProcesses().Where(p => ParentOf(p.Id) == _process.Id).Select(p => p.Id).DefaultIfEmpty(_process.Id))
            Emulators.EmulatorProcess.Signal(child, "TERM");
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGKILL: no handler of the store runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await KillAsync();
        _process.Dispose();
    }

    private static Process Launch(string directory, string secretKey, string[] under, string[] arguments)
    {
        var start = new ProcessStartInfo(under is [var program, ..] ? program : "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MINIO_ROOT_USER"] = AccessKey, ["MINIO_ROOT_PASSWORD"] = secretKey },
        };
        string[] command = [.. under.Skip(1), .. under.Length > 0 ? (string[])["dotnet"] : [], Path.Combine(AppContext.BaseDirectory, "Floe.Emulators.dll"), "minio", "--data", directory, .. arguments.Contains("--port") ? [] : (string[])["--port", "0"], .. arguments];
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    private static int ParentOf(int processId)
    {
        try
        {
            return int.Parse(File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..]);
        }
        catch (IOException)
        {
            return 0; // it has just ended
        }
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
