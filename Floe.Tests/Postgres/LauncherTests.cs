using System.Net;
using System.Net.Sockets;
using Npgsql;
using Xunit;

namespace Floe.Tests.Postgres;

public sealed class LauncherTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("floe-launcher-").FullName;

    private string Data => Path.Combine(directory, "data");

    private string PostmasterFile => Path.Combine(Data, "pgdata", "postmaster.pid");

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task StopsWithExitCodeZeroWhileAClientIsConnected(string signal)
    {
        await using var launcher = await PostgresLauncher.Start(Data).ReadyAsync();
        await using var client = new NpgsqlConnection(launcher.ConnectionString + ";Pooling=false");
        await client.OpenAsync();
        var postmaster = Postmaster();

        Assert.Equal(0, await launcher.StopAsync(signal));

        Assert.False(File.Exists(PostmasterFile), "the server removes its pid file at a clean stop");
        Assert.False(IsAlive(postmaster));
    }

    [Fact]
    public async Task KeepsDataOverARestart()
    {
        await using (var first = await PostgresLauncher.Start(Data).ReadyAsync())
            await first.QueryAsync<int>("create table kept(v int); insert into kept values (42); select 1");

        await using var second = await PostgresLauncher.Start(Data).ReadyAsync();
        Assert.Equal(42, await second.QueryAsync<int>("select v from kept"));
        Assert.Equal(1L, await second.QueryAsync<long>("select count(*) from pg_database where datname = 'polaris'"));
        Assert.Equal("UTF8/C.UTF-8/64MB/127.0.0.1", await second.QueryAsync<string>(
            "select concat_ws('/', pg_encoding_to_char(encoding), datcollate, current_setting('shared_buffers'), current_setting('listen_addresses')) from pg_database where datname = 'floe'"));
    }

    [Fact]
    public async Task AKilledLauncherLeavesNoServer()
    {
        await using var launcher = await PostgresLauncher.Start(Data).ReadyAsync();
        await launcher.QueryAsync<int>("create table kept(v int); insert into kept values (7); select 1");
        var postmaster = Postmaster();

        launcher.Signal("KILL");
        await launcher.ExitAsync();
        await using var next = await PostgresLauncher.Start(Data).ReadyAsync();

        Assert.False(IsAlive(postmaster));
        Assert.Equal(7, await next.QueryAsync<int>("select v from kept"));
    }

    [Fact]
    public async Task AServerThatLostItsWatcherTooIsStoppedByTheNextStart()
    {
        await using var launcher = await PostgresLauncher.Start(Data).ReadyAsync();
        var postmaster = Postmaster();
        // A watcher that outlives the launcher would stop the server.
        PostgresLauncher.Signal("KILL", [.. Descendants(launcher.ProcessId).Where(process => CommandLine(process).Contains("postgres-supervisor", StringComparison.Ordinal)), launcher.ProcessId]);
        await launcher.ExitAsync();
        Assert.True(IsAlive(postmaster));

        await using var next = await PostgresLauncher.Start(Data).ReadyAsync();
        Assert.False(IsAlive(postmaster));
    }

    [Fact]
    public async Task AKilledServerEndsTheLauncherAndTheNextStartRecovers()
    {
        await using var launcher = await PostgresLauncher.Start(Data, fsync: true).ReadyAsync();
        await launcher.QueryAsync<int>("create table kept(v int); insert into kept values (8); select 1");

        PostgresLauncher.Signal("KILL", Postmaster());

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains("PostgreSQL ended unexpectedly (signal 9)", launcher.Output, StringComparison.Ordinal);
        await using var next = await PostgresLauncher.Start(Data).ReadyAsync();
        Assert.Equal(8, await next.QueryAsync<int>("select v from kept"));
    }

    [Fact]
    public async Task AChangedPasswordReplacesTheOldOne()
    {
        string old;
        await using (var first = await PostgresLauncher.Start(Data, "old secret").ReadyAsync())
            old = first.ConnectionString;

        await using var second = await PostgresLauncher.Start(Data, "new 'secret\" $floe$").ReadyAsync();

        Assert.Equal(1, await second.QueryAsync<int>("select 1"));
        var refused = new NpgsqlConnectionStringBuilder(old) { Port = second.Port, Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(refused);
        var error = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync());
        Assert.Equal(PostgresErrorCodes.InvalidPassword, error.SqlState);
        Assert.DoesNotContain("secret", second.Output, StringComparison.Ordinal);
        foreach (var process in Descendants(second.ProcessId))
            Assert.DoesNotContain("secret", CommandLine(process) + Variables(process), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ACorruptDataDirectoryIsNamed()
    {
        await using (await PostgresLauncher.Start(Data).ReadyAsync())
        {
        }
        File.Delete(Path.Combine(Data, "pgdata", "global", "pg_control"));

        await using var launcher = PostgresLauncher.Start(Data);

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains($"PostgreSQL does not start on {Path.Combine(Data, "pgdata")}: ", launcher.Output, StringComparison.Ordinal);
        Assert.Contains("pg_control", launcher.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("15", "is of PostgreSQL 15 but the binaries")]
    [InlineData(null, "has no PG_VERSION")]
    public async Task ADirectoryOfAnotherVersionIsNamed(string? version, string expected)
    {
        var cluster = Directory.CreateDirectory(Path.Combine(Data, "pgdata"));
        if (version is not null)
            await File.WriteAllTextAsync(Path.Combine(cluster.FullName, "PG_VERSION"), version + "\n");

        await using var launcher = PostgresLauncher.Start(Data);

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains(expected, launcher.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ABusyPortIsNamedAndNothingIsMade()
    {
        using var other = new TcpListener(IPAddress.Loopback, PostgresLauncher.FreePort());
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        await using var launcher = PostgresLauncher.Start(Data, port: port);

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains($"The port {port} on 127.0.0.1 cannot be used", launcher.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(Data, "pgdata")));
    }

    [Fact]
    public async Task ADataDirectoryThatCannotBeMadeIsNamed()
    {
        await File.WriteAllTextAsync(Data, "a file in the way");

        await using var launcher = PostgresLauncher.Start(Data);

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.Contains($"The data directory {Data} cannot be made", launcher.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALockThatMayNotBeWrittenIsNotCalledInUse()
    {
        Directory.CreateDirectory(Path.Combine(Data, "launcher.lock"));

        await using var launcher = PostgresLauncher.Start(Data);

        Assert.Equal(1, await launcher.ExitAsync());
        Assert.StartsWith($"The data directory {Data} cannot be written (", launcher.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("in use", launcher.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASecondLauncherWaitsForTheFirst()
    {
        await using var first = await PostgresLauncher.Start(Data).ReadyAsync();
        await using var second = PostgresLauncher.Start(Data, port: first.Port);

        Assert.Equal(0, await first.StopAsync());
        await second.ReadyAsync();

        Assert.Equal(1, await second.QueryAsync<int>("select 1"));
    }

    public void Dispose() => Directory.Delete(directory, recursive: true);

    private int Postmaster() => int.Parse(File.ReadLines(PostmasterFile).First(), System.Globalization.CultureInfo.InvariantCulture);

    private static bool IsAlive(int process) => Directory.Exists($"/proc/{process}") && !Status(process).Contains("State:\tZ", StringComparison.Ordinal);

    private static string Status(int process) => Read($"/proc/{process}/status");

    private static string CommandLine(int process) => Read($"/proc/{process}/cmdline");

    private static string Variables(int process) => Read($"/proc/{process}/environ");

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return ""; // it ended in the meantime
        }
    }

    private static IEnumerable<int> Descendants(int process) =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, out _)).Select(name => int.Parse(name!, System.Globalization.CultureInfo.InvariantCulture))
            .Where(candidate => Status(candidate).Contains($"PPid:\t{process}\n", StringComparison.Ordinal))
            .ToArray()
            .SelectMany(child => Descendants(child).Prepend(child));
}
