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
    public static async Task<StoreProcess> StartAsync(string directory)
    {
        var process = Launch(directory, SecretKey);
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
        using var process = Launch(directory, secretKey, arguments);
        var error = process.StandardError.ReadToEndAsync();
        _ = process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, (await error).Trim());
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

    private static Process Launch(string directory, string secretKey, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["MINIO_ROOT_USER"] = AccessKey, ["MINIO_ROOT_PASSWORD"] = secretKey },
        };
        string[] command = [Path.Combine(AppContext.BaseDirectory, "Floe.Emulators.dll"), "minio", "--data", directory, .. arguments.Contains("--port") ? [] : (string[])["--port", "0"], .. arguments];
        foreach (var argument in command)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Listening();
}
