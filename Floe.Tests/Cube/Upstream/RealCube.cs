using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Floe.Tests.Clients;
using Floe.Tests.Postgres;
using Npgsql;

namespace Floe.Tests.Cube.Upstream;

/// <summary>Cube itself from npm, unmodified, over a PostgreSQL with the recorded data. Where it cannot be installed the test is skipped and says why.</summary>
internal sealed class RealCube : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-cube-").FullName;
    private readonly ConcurrentQueue<string> _output = new();
    private PostgresLauncher? _postgres;
    private Process? _process;

    private RealCube()
    {
    }

    public string Address { get; private set; } = "";

    /// <param name="yaml">A further file of the model.</param>
    public static async Task<RealCube> StartAsync(string yaml = "cubes: []")
    {
        var packages = "";
        try
        {
            packages = await OnDemandPackages.InstallAsync("Clients/cube");
        }
        catch (Exception e) when (OnDemandPackages.IsMissing(e))
        {
            Skip.If(true, $"npm's @cubejs-backend/server is not available: {e.Message}");
        }
        var cube = new RealCube();
        try
        {
            await cube.FillAsync();
            await cube.RunAsync(packages, yaml);
            return cube;
        }
        catch
        {
            await cube.DisposeAsync();
            throw;
        }
    }

    public async Task StopPostgresAsync()
    {
        if (Interlocked.Exchange(ref _postgres, null) is { } postgres) await postgres.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        await StopPostgresAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FillAsync()
    {
        _postgres = await PostgresLauncher.Start(Path.Combine(_folder, "postgres")).ReadyAsync();
        await using var connection = new NpgsqlConnection(_postgres.ConnectionString);
        await connection.OpenAsync();
        foreach (var (table, columns) in new[]
        {
            ("customers", "id int primary key, name text, region text, segment text, created_at timestamp"),
            ("products", "id int primary key, name text, category text, price numeric(12,2)"),
            ("orders", "id int primary key, customer_id int, status text, region text, order_date timestamp, total_amount numeric(12,2)"),
            ("order_items", "id int primary key, order_id int, product_id int, quantity int, unit_price numeric(12,2)"),
        })
        {
            await using (var create = new NpgsqlCommand($"CREATE TABLE {table} ({columns})", connection)) await create.ExecuteNonQueryAsync();
            await using var copy = await connection.BeginTextImportAsync($"COPY {table} FROM STDIN (FORMAT csv, HEADER)");
            await copy.WriteAsync(await File.ReadAllTextAsync(Path.Combine(RecordedShop.Folder, "data", $"{table}.csv")));
        }
    }

    private async Task RunAsync(string packages, string yaml)
    {
        var model = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        foreach (var path in Directory.EnumerateFiles(Path.Combine(RecordedShop.Folder, "model"))) File.Copy(path, Path.Combine(model, Path.GetFileName(path)));
        await File.WriteAllTextAsync(Path.Combine(model, "zz_more.yml"), yaml);
        var port = PostgresLauncher.FreePort();
        var database = new NpgsqlConnectionStringBuilder(_postgres!.ConnectionString);
        var start = new ProcessStartInfo("node", ["--require", NodeScript.PathOf("Clients/cube/listen-on-loopback.cjs"), Path.Combine(packages, "node_modules", ".bin", "cubejs-server"), "server"])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["PORT"] = $"{port}",
                ["CUBEJS_API_SECRET"] = ReplayedCube.Secret,
                ["CUBEJS_DB_TYPE"] = "postgres",
                ["CUBEJS_DB_HOST"] = database.Host,
                ["CUBEJS_DB_PORT"] = $"{database.Port}",
                ["CUBEJS_DB_NAME"] = database.Database,
                ["CUBEJS_DB_USER"] = database.Username,
                ["CUBEJS_DB_PASS"] = database.Password,
                ["CUBEJS_CACHE_AND_QUEUE_DRIVER"] = "memory",
                ["CUBEJS_SCHEMA_PATH"] = "model",
                ["CUBEJS_TELEMETRY"] = "false",
                ["NODE_ENV"] = "production",
            },
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _output.Enqueue(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Address = $"http://127.0.0.1:{port}";
        using var http = new HttpClient();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await IsUpAsync(http, giveUp.Token))
        {
            Assert.False(_process.HasExited, $"Cube ended:\n{string.Join('\n', _output)}");
            await Task.Delay(50, giveUp.Token);
        }
    }

    private async Task<bool> IsUpAsync(HttpClient http, CancellationToken ct)
    {
        try
        {
            return (await http.GetAsync($"{Address}/livez", ct)).StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
