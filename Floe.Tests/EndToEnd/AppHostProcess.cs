using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Floe.Tests.EndToEnd;

/// <summary>The built AppHost as a user starts it: a process of its own, seen by its console and its exit code.</summary>
internal sealed partial class AppHostProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly string _marker = $"floe-test-{Guid.NewGuid():N}";
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AppHostProcess(string dataDirectory, IReadOnlyList<string> command, IReadOnlyDictionary<string, string?> environment, IEnumerable<string> arguments)
    {
        DataDirectory = dataDirectory;
        var start = new ProcessStartInfo("dotnet", [.. command, "--Floe:Services=embedded", $"--Floe:DataDirectory={dataDirectory}", .. arguments])
        {
            WorkingDirectory = Path.GetDirectoryName(AssemblyPath),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        start.Environment["ASPIRE_ALLOW_UNSECURED_TRANSPORT"] = "true";
        // Inherited by everything that this AppHost starts, so that leftovers can be told from other people's processes.
        start.Environment["FLOE_TEST_MARKER"] = _marker;
        start.Environment["Schedule__Cron"] = "";
        start.Environment.Remove("ASPNETCORE_URLS");
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _up.TrySetException(new InvalidOperationException($"The AppHost ended before it was up:\n{Output}"));
    }

    /// <summary>Path of the AppHost's assembly in this build's configuration.</summary>
    public static string AssemblyPath { get; } = Path.Combine(Projects.Floe_AppHost.ProjectPath, "bin", Configuration, "net10.0", "Floe.AppHost.dll");

    private static string Configuration =>
        AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    public string DataDirectory { get; }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    /// <summary>The address of cubeproxy as the console names it.</summary>
    public string CubeProxy => CubeProxyLine().Match(Output).Groups[1].Value;

    /// <summary>The token that the console names.</summary>
    public string Token => TokenLine().Match(Output).Groups[1].Value;

    public static AppHostProcess Start(string dataDirectory, IReadOnlyDictionary<string, string?>? environment = null, params string[] arguments) =>
        Start(new AppHostProcess(dataDirectory, [AssemblyPath], environment ?? new Dictionary<string, string?>(), arguments));

    /// <summary>By <c>dotnet run</c>, which signals then go to.</summary>
    public static AppHostProcess StartByDotnetRun(string dataDirectory) =>
        Start(new AppHostProcess(dataDirectory, ["run", "--no-build", "--no-launch-profile", "-c", Configuration, "--project", Projects.Floe_AppHost.ProjectPath, "--"], new Dictionary<string, string?>(), []));

    private static AppHostProcess Start(AppHostProcess apphost)
    {
        apphost._process.Start();
        apphost._process.BeginOutputReadLine();
        apphost._process.BeginErrorReadLine();
        return apphost;
    }

    /// <summary>Waits until the console says what to try.</summary>
    public Task WaitUntilUpAsync() => _up.Task.WaitAsync(s_patience);

    /// <summary>Waits for something that it does; fails with its output when it ends before.</summary>
    public async Task WaitUntilAsync(Func<bool> done)
    {
        using var timeout = new CancellationTokenSource(s_patience);
        while (!done())
        {
            Assert.False(_process.HasExited, $"The AppHost ended before:\n{Output}");
            await Task.Delay(100, timeout.Token);
        }
    }

    /// <summary>Waits for the end.</summary>
    public async Task<int> WaitForExitAsync()
    {
        using var timeout = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal by name, as a shell does.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until nothing that this AppHost started is alive.</summary>
    /// <returns>What still lives when the wait is over; empty when all is gone.</returns>
    public async Task<IReadOnlyList<string>> LeftoversAsync()
    {
        var deadline = Stopwatch.StartNew();
        IReadOnlyList<string> alive;
        while ((alive = Alive()).Count > 0 && deadline.Elapsed < TimeSpan.FromMinutes(2))
            await Task.Delay(200);
        return alive;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Signal("TERM");
            try
            {
                await WaitForExitAsync();
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lock (_output)
            _output.AppendLine(line);
        if (line.Contains("Try next:", StringComparison.Ordinal))
            _up.TrySetResult();
    }

    /// <summary>Processes that carry this AppHost's marker in their environment (Linux).</summary>
    private List<string> Alive()
    {
        List<string> alive = [];
        var marker = Encoding.UTF8.GetBytes($"FLOE_TEST_MARKER={_marker}");
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), out var pid) || pid == Environment.ProcessId)
                continue;
            try
            {
                if (File.ReadAllBytes(Path.Combine(directory, "environ")).AsSpan().IndexOf(marker) >= 0)
                    alive.Add($"{pid} {File.ReadAllText(Path.Combine(directory, "cmdline")).Replace('\0', ' ')}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Ended while we looked.
            }
        }
        return alive;
    }

    [GeneratedRegex(@"CUBEPROXY=(\S+)")]
    private static partial Regex CubeProxyLine();

    [GeneratedRegex(@"TOKEN=(\S+)")]
    private static partial Regex TokenLine();
}
