using System.Diagnostics;
using System.Text;

namespace Floe.Tests.SeedWorker;

/// <summary>The worker as a process of its own, which is killed at a point, or by the test.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>137 when it was killed.</summary>
    public int ExitCode => _process.ExitCode;

    public string Output
    {
        get
        {
            lock (_output)
                return _output.ToString();
        }
    }

    public static WorkerProcess Start(IReadOnlyDictionary<string, string?> settings, string variable, string value)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Floe.SeedWorker.dll")]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, text) in settings)
            start.Environment[name.Replace(":", "__", StringComparison.Ordinal)] = text;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(WorkerProcess).Assembly.Location;
        start.Environment[variable] = value;
        return new WorkerProcess(Process.Start(start)!);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    // The two outputs come on threads of their own.
    private void Keep(string? line)
    {
        lock (_output)
            _output.AppendLine(line);
    }
}
