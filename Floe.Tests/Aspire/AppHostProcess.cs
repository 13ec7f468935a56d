using System.Collections.Concurrent;
using System.Diagnostics;
using Xunit;

namespace Floe.Tests.Aspire;

/// <summary>The sample AppHost as a process, with a home folder of its own.</summary>
internal sealed class AppHostProcess : IDisposable
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<string> _errors = new();

    public AppHostProcess(string home, IReadOnlyList<string> args, params IReadOnlyList<(string Name, string Value)> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "SampleAppHost.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = home,
        };
        start.Environment["HOME"] = home;
        foreach (var (name, value) in environment) start.Environment[name] = value;
        Process = Process.Start(start)!;
        Process.OutputDataReceived += (_, line) => Add(_lines, line.Data);
        Process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        Process.BeginOutputReadLine();
        Process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public IReadOnlyList<string> Lines => [.. _lines];

    public IReadOnlyList<string> Errors => [.. _errors];

    public async Task WaitForLineAsync(string text)
    {
        var started = Stopwatch.StartNew();
        while (!_lines.Any(l => l.Contains(text, StringComparison.Ordinal)))
        {
            if (Process.HasExited || started.Elapsed > SampleApplication.Patience) Assert.Fail($"The AppHost never said '{text}', but: {string.Join('\n', _lines)}\n{string.Join('\n', _errors)}");
            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
    }

    private static void Add(ConcurrentQueue<string> lines, string? line)
    {
        if (!string.IsNullOrWhiteSpace(line)) lines.Enqueue(line);
    }
}
