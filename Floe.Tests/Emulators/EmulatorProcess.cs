using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Floe.Tests.Emulators;

/// <summary>A verb of Floe.Emulators as a process of its own, as a person starts it: only the environment that a test gives.</summary>
internal sealed partial class EmulatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(3);

    /// <summary>Whatever the machine has set, a test starts from nothing.</summary>
    private static readonly string[] s_unset =
    [
        "MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "POSTGRES_USER", "POSTGRES_PASSWORD",
        "QUARKUS_DATASOURCE_JDBC_URL", "QUARKUS_DATASOURCE_USERNAME", "QUARKUS_DATASOURCE_PASSWORD", "POLARIS_BOOTSTRAP_CREDENTIALS", "POLARIS_REALM_CONTEXT_REALMS",
        "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_DB",
    ];

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private EmulatorProcess(Process process) => _process = process;

    public int ProcessId => _process.Id;

    /// <summary>Standard output and standard error so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>Standard error so far.</summary>
    public string Errors => string.Join('\n', _errors);

    /// <summary>Starts a verb in a working directory.</summary>
    public static EmulatorProcess Start(string directory, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Floe.Emulators.dll"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in s_unset)
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var emulator = new EmulatorProcess(Process.Start(start)!);
        emulator.Listen();
        return emulator;
    }

    /// <summary>Runs a verb that is expected to end by itself.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string directory, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        await using var emulator = Start(directory, arguments, environment);
        var code = await emulator.ExitAsync();
        return (code, emulator.Output, emulator.Errors);
    }

    /// <summary>Waits for a piece of output and returns the match.</summary>
    public async Task<Match> SaysAsync(string pattern)
    {
        var regex = new Regex(pattern);
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var ended = _process.HasExited;
            if (regex.Match(Output) is { Success: true } match)
                return match;
            Assert.False(ended, $"It ended with {(ended ? _process.ExitCode : 0)} before it said /{pattern}/:\n{Output}");
            await Task.Delay(20, patience.Token);
        }
    }

    /// <summary>The first address that it names.</summary>
    public async Task<string> AddressAsync() => (await SaysAsync(@"is up on (http://127\.0\.0\.1:\d+)")).Groups[1].Value;

    public void Signal(string signal) => Signal(_process.Id, signal);

    public static void Signal(int processId, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, $"{processId}"]);
        kill.WaitForExit();
    }

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_patience);
        return _process.ExitCode;
    }

    /// <summary>SIGKILL: no handler runs.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await ExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal("TERM");
            await ExitAsync();
        }
        _process.Dispose();
    }

    private void Listen()
    {
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
                _errors.Enqueue(line.Data);
            Keep(line.Data);
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Keep(string? line)
    {
        if (line is not null)
            _output.Enqueue(line);
    }
}
