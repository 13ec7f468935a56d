using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Floe.Tests.Postgres;

/// <summary>The launcher as a process of its own, as the AppHost starts it.</summary>
public sealed class PostgresLauncher : IAsyncDisposable
{
    private static readonly TimeSpan patience = TimeSpan.FromMinutes(3);

    // Two tests that look for a port at the same time, or begin to listen later, do not get the same one.
    private static readonly ConcurrentDictionary<int, bool> givenOut = new();

    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PostgresLauncher(Process process, int port, string password)
    {
        this.process = process;
        Port = port;
        ConnectionString = new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Username = "floe",
            Password = password,
            Database = "floe",
        }.ConnectionString;
    }

    public int Port { get; }

    public int ProcessId => process.Id;

    /// <summary>To the database <c>floe</c>.</summary>
    public string ConnectionString { get; }

    /// <summary>Standard output and standard error so far.</summary>
    public string Output => string.Join('\n', output);

    public static PostgresLauncher Start(string dataDirectory, string password = "a password", int? port = null, bool fsync = false,
        Dictionary<string, string?>? environment = null)
    {
        var chosen = port ?? FreePort();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Floe.Emulators"),
            ["postgres", "--data", dataDirectory, "--port", $"{chosen}", .. fsync ? (string[])[] : ["--no-fsync"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["POSTGRES_USER"] = "floe",
                ["POSTGRES_PASSWORD"] = password,
                ["FLOE_POSTGRES_DATABASES"] = "polaris,floe",
            },
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        var launcher = new PostgresLauncher(Process.Start(start)!, chosen, password);
        launcher.Listen();
        return launcher;
    }

    /// <summary>Waits for the launcher's sentence that it is ready; fails with its output when it ends before.</summary>
    public async Task<PostgresLauncher> ReadyAsync()
    {
        var first = await Task.WhenAny(ready.Task, process.WaitForExitAsync()).WaitAsync(patience);
        if (first != ready.Task && !ready.Task.IsCompleted)
            throw new InvalidOperationException($"The launcher ended with exit code {process.ExitCode}:\n{Output}");
        return this;
    }

    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync().WaitAsync(patience);
        return process.ExitCode;
    }

    public async Task<int> StopAsync(string signal = "TERM")
    {
        Signal(signal);
        return await ExitAsync();
    }

    public void Signal(string signal) => Signal(signal, process.Id);

    /// <summary>To all of them at once: none has time to notice that another has ended.</summary>
    public static void Signal(string signal, params IEnumerable<int> processIds)
    {
        using var kill = Process.Start("kill", ["-" + signal, .. processIds.Select(id => $"{id}")]);
        kill.WaitForExit();
    }

    public async Task<T> QueryAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            Signal("TERM");
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        process.Dispose();
    }

    /// <summary>A port outside of the range from which outgoing connections take theirs.</summary>
    public static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 32_000);
            if (!givenOut.TryAdd(port, true))
                continue;
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken; try another
            }
        }
    }

    private void Listen()
    {
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private void Take(string? line)
    {
        if (line is null)
            return;
        output.Enqueue(line);
        if (line.Contains("is ready on 127.0.0.1:", StringComparison.Ordinal))
            ready.TrySetResult();
    }
}
