using System.Diagnostics;

namespace Floe.Emulators.Postgres;

/// <summary>
/// The running postgres under a small shell that watches a pipe from this process: when the pipe ends, because the
/// server is to stop or because this process was killed, the shell asks postgres for a fast shutdown.
/// </summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Signals of a terminal go to the whole group: the shell ignores them and ends with its child. `read` is a builtin, so
    // the watcher leaves nothing behind when it is killed.
    private const string Supervisor = """
        trap '' INT TERM HUP
        exec 3<&0
        "$@" </dev/null 3<&- &
        server=$!
        ( while read -r ignored <&3; do :; done; kill -INT "$server" 2>/dev/null ) >/dev/null 2>&1 &
        watcher=$!
        exec 3<&-
        wait "$server"
        code=$?
        kill -KILL "$watcher" 2>/dev/null
        exit "$code"
        """;

    private static readonly TimeSpan stopPatience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly TimeProvider time;

    private ServerProcess(Process process, TimeProvider time)
    {
        this.process = process;
        this.time = time;
    }

    public bool HasExited => process.HasExited;

    /// <summary>The shell's report: 128 + n when signal n ended the server.</summary>
    public int ExitCode => process.ExitCode;

    public static ServerProcess Start(string file, IReadOnlyList<string> arguments, ServerLog log, TimeProvider time)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Supervisor, "postgres-supervisor", file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        ChildEnvironment.Clean(start);
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => log.Line(line.Data);
        process.ErrorDataReceived += (_, line) => log.Line(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServerProcess(process, time);
    }

    public Task WaitAsync(CancellationToken cancellationToken) => process.WaitForExitAsync(cancellationToken);

    /// <summary>Fast shutdown: open connections are ended, everything committed is kept.</summary>
    public async Task StopAsync()
    {
        if (process.HasExited)
            return;
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(stopPatience, time);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true); // PostgreSQL recovers from this at its next start
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }
}
