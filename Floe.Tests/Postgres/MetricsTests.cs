using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Floe.Emulators.Postgres;
using Floe.Tests.Emulators;
using Floe.Tests.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.Postgres;

/// <summary>What the dashboard is told of <c>postgres</c>.</summary>
public sealed class MetricsTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("floe-metrics-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public async Task The_launcher_sends_the_servers_figures_the_runtimes_and_its_log()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var launcher = await PostgresLauncher.Start(directory, environment: receiver.Environment).ReadyAsync();

        foreach (var (name, unit, monotonic) in new[]
        {
            ("postgresql.backends", "1", false), ("postgresql.db_size", "By", false),
            ("postgresql.commits", "1", true), ("postgresql.rollbacks", "1", true), ("postgresql.deadlocks", "{deadlock}", true),
            ("postgresql.blks_hit", "{blks_hit}", true), ("postgresql.blks_read", "{blks_read}", true),
        })
            foreach (var database in new[] { "postgres", "polaris", "floe" })
                await OtlpReceiver.EventuallyAsync(receiver.Points,
                    point => point == new OtlpPoint("postgres", "Floe.Postgres", name, unit, monotonic, database, point.Value), $"{name} of {database}");
        Assert.DoesNotContain(receiver.Points, point => point.Database.StartsWith("template", StringComparison.Ordinal));

        // The figures are the server's: as it gives them to anybody who asks.
        var size = await launcher.QueryAsync<long>("select pg_database_size('polaris')");
        await OtlpReceiver.EventuallyAsync(receiver.Points, point => point is { Name: "postgresql.db_size", Database: "polaris" } && point.Value == size, $"the size {size}");
        var before = receiver.Points.Last(point => point is { Name: "postgresql.rollbacks", Database: "floe" }).Value;
        await launcher.QueryAsync<int>("begin; create table gone(v int); rollback; select 1");
        await OtlpReceiver.EventuallyAsync(receiver.Points, point => point is { Name: "postgresql.rollbacks", Database: "floe" } && point.Value == before + 1, "one more rollback");

        await OtlpReceiver.EventuallyAsync(receiver.Points, point => point is { Service: "postgres", Meter: "System.Runtime", Name: "dotnet.process.memory.working_set", Value: > 0 }, "the runtime's figures");
        await OtlpReceiver.EventuallyAsync(receiver.Logs,
            log => log is { Service: "postgres", Category: "PostgreSQL", Severity: "Information", Body: "database system is ready to accept connections" }, "the server's log");
        await OtlpReceiver.EventuallyAsync(receiver.Logs, log => log.Body.EndsWith($"is ready on 127.0.0.1:{launcher.Port}", StringComparison.Ordinal), "the launcher's own line");
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => launcher.QueryAsync<int>("select nothing_like_that"));
        await OtlpReceiver.EventuallyAsync(receiver.Logs, log => log is { Severity: "Error", Body: "column \"nothing_like_that\" does not exist at character 8" }, "a client's mistake");

        Assert.Equal(0, await launcher.StopAsync());
        await OtlpReceiver.EventuallyAsync(receiver.Logs, log => log.Body == "database system is shut down", "the server's last words");
        Assert.DoesNotContain("metrics pause", launcher.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(receiver.Logs, log => log.Body.Contains("a password", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Why_it_does_not_start_is_sent_too()
    {
        await File.WriteAllTextAsync(Path.Combine(directory, "PG_VERSION"), "18\n");
        await using var receiver = await OtlpReceiver.StartAsync();
        await using var launcher = PostgresLauncher.Start(directory, environment: receiver.Environment);

        Assert.Equal(1, await launcher.ExitAsync());

        Assert.Contains(receiver.Logs, log => log.Severity == "Critical" && log.Body.StartsWith($"{directory} is itself a PostgreSQL data directory", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317", "OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4317'; it must be an absolute http or https address")]
    [InlineData("OTEL_TRACES_SAMPLER", "sometimes", "OTEL_TRACES_SAMPLER is 'sometimes'; it must be one of always_on,")]
    public async Task A_bad_setting_of_the_telemetry_is_refused_as_by_the_services(string variable, string value, string sentence)
    {
        await using var launcher = PostgresLauncher.Start(Path.Combine(directory, "data"),
            environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", [variable] = value });

        Assert.Equal(78, await launcher.ExitAsync());

        Assert.StartsWith(sentence, launcher.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', launcher.Output);
        Assert.False(Directory.Exists(Path.Combine(directory, "data")));
    }

    [Fact]
    public async Task A_receiver_that_is_gone_changes_nothing_for_the_server()
    {
        await using var launcher = await PostgresLauncher.Start(directory, environment: new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["OTEL_METRIC_EXPORT_INTERVAL"] = "100" }).ReadyAsync();

        Assert.Equal(1, await launcher.QueryAsync<int>("select 1"));
        Assert.Equal(0, await launcher.StopAsync());
    }

    [Fact]
    public async Task Without_a_listener_the_server_is_not_asked()
    {
        await using var launcher = await PostgresLauncher.Start(directory).ReadyAsync();

        Assert.Equal(0L, await launcher.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'Floe launcher'"));
    }

    [Fact]
    public async Task One_reading_serves_until_the_next_and_an_unreachable_server_gives_none_and_one_warning()
    {
        var console = new StringWriter();
        var time = new ManualTime();
        using var listener = new Figures();
        var port = PostgresLauncher.FreePort();
        await using var metrics = ServerMetrics.Start(Session(port), new ServerLog(console, NullLogger.Instance), time);
        Assert.Equal(TimeSpan.FromSeconds(5), Assert.Single(time.Periods));
        await EventuallyAsync(() => Warnings(console) == 1);
        Assert.Empty(listener.Read("postgresql.commits"));

        long served = 0;
        await using (var launcher = await PostgresLauncher.Start(directory, port: port).ReadyAsync())
        {
            await FireUntilAsync(time, () => listener.Read("postgresql.commits").ContainsKey("floe"));
            Assert.Equal(1, Warnings(console));
            // The last time that the timer fired is still to be read; then a commit changes nothing.
            await EventuallyAsync(async () =>
            {
                served = listener.Read("postgresql.commits")["floe"];
                await launcher.QueryAsync<int>("select 1");
                return listener.Read("postgresql.commits")["floe"] == served;
            });
            await FireUntilAsync(time, () => listener.Read("postgresql.commits").GetValueOrDefault("floe") > served);
            Assert.Equal(1L, await launcher.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'Floe launcher'"));
        }

        await FireUntilAsync(time, () => listener.Read("postgresql.commits").Count == 0);
        await EventuallyAsync(() => Warnings(console) == 2);
        for (var i = 0; i < 3; i++)
            await FireUntilAsync(time, () => listener.Read("postgresql.backends").Count == 0);
        Assert.Equal(2, Warnings(console));
    }

    [Theory]
    [InlineData("2026-11-21 05:00:00.001 UTC [42] PANIC:  could not write", LogLevel.Critical, "could not write")]
    [InlineData("2026-11-21 05:00:00.001 UTC [42] FATAL:  password authentication failed for user \"floe\"", LogLevel.Error, "password authentication failed for user \"floe\"")]
    [InlineData("2026-11-21 05:00:00.001 UTC [42] FATAL:  the database system is starting up", LogLevel.Information, "the database system is starting up")]
    [InlineData("2026-11-21 05:00:00.001 UTC [42] WARNING:  there is no transaction in progress", LogLevel.Warning, "there is no transaction in progress")]
    [InlineData("2026-11-21 05:00:00.001 UTC [42] HINT:  Try again.", LogLevel.Information, "HINT: Try again.")]
    [InlineData("\tfrom orders", LogLevel.Information, "\tfrom orders")]
    public void Lines_of_the_server_keep_their_severity(string line, LogLevel level, string text)
    {
        var console = new StringWriter();
        var records = new Records();

        new ServerLog(console, records).Line(line);

        Assert.Equal((level, text), Assert.Single(records.All));
        Assert.Equal(line + Environment.NewLine, console.ToString());
    }

    private static ServerSession Session(int port) =>
        new(new PostgresOptions { DataDirectory = "unused", Port = port, User = "floe", Password = "a password" });

    private static int Warnings(StringWriter console) => console.ToString().Split("PostgreSQL's metrics pause: ").Length - 1;

    private static Task FireUntilAsync(ManualTime time, Func<bool> done) => EventuallyAsync(() =>
    {
        time.Fire();
        return done();
    });

    private static Task EventuallyAsync(Func<bool> done) => EventuallyAsync(() => Task.FromResult(done()));

    private static async Task EventuallyAsync(Func<Task<bool>> done)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await done())
            await Task.Delay(20, timeout.Token);
    }

    /// <summary>A listener of the meter.</summary>
    private sealed class Figures : IDisposable
    {
        private readonly MeterListener listener = new();
        private readonly ConcurrentDictionary<(string Name, string Database), long> read = new();

        public Figures()
        {
            listener.InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == ServerMetrics.MeterName)
                    own.EnableMeasurementEvents(instrument);
            };
            listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => read[(instrument.Name, (string)tags[0].Value!)] = value);
            listener.Start();
        }

        /// <summary>Value by database.</summary>
        public Dictionary<string, long> Read(string name)
        {
            read.Clear();
            listener.RecordObservableInstruments();
            return read.Where(figure => figure.Key.Name == name).ToDictionary(figure => figure.Key.Database, figure => figure.Value);
        }

        public void Dispose() => listener.Dispose();
    }

    private sealed class Records : ILogger
    {
        public List<(LogLevel, string)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }
}
