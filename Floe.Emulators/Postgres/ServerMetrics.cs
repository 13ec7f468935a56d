using System.Diagnostics.Metrics;
using Npgsql;

namespace Floe.Emulators.Postgres;

/// <summary>
/// PostgreSQL's own figures as the meter <c>Floe.Postgres</c>, with the names and units of OpenTelemetry's PostgreSQL receiver. All instruments are served
/// from one reading; while nobody listens to the meter, and while the server cannot be reached, there is none.
/// </summary>
internal sealed class ServerMetrics : IAsyncDisposable
{
    public const string MeterName = "Floe.Postgres";

    /// <summary>Between two readings.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ServerSession session;
    private readonly ServerLog log;
    private readonly Meter meter = new(MeterName);
    private readonly Instrument backends;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task loop;
    private NpgsqlConnection? connection;
    private volatile IReadOnlyList<DatabaseStatistics> reading = [];
    private bool warned;

    private ServerMetrics(ServerSession session, ServerLog log, TimeProvider time)
    {
        this.session = session;
        this.log = log;
        backends = meter.CreateObservableUpDownCounter("postgresql.backends", () => Of(database => database.Backends), "1", "The number of backends.");
        meter.CreateObservableCounter("postgresql.commits", () => Of(database => database.Commits), "1", "The number of commits.");
        meter.CreateObservableCounter("postgresql.rollbacks", () => Of(database => database.Rollbacks), "1", "The number of rollbacks.");
        meter.CreateObservableCounter("postgresql.deadlocks", () => Of(database => database.Deadlocks), "{deadlock}", "The number of deadlocks.");
        meter.CreateObservableCounter("postgresql.blks_hit", () => Of(database => database.BlocksHit), "{blks_hit}", "Blocks that were found in the buffer cache.");
        meter.CreateObservableCounter("postgresql.blks_read", () => Of(database => database.BlocksRead), "{blks_read}", "Blocks that were not in the buffer cache.");
        meter.CreateObservableUpDownCounter("postgresql.db_size", () => Of(database => database.Size), "By", "The database's disk usage.");
        loop = RunAsync(time);
    }

    /// <summary>Begins to read, until it is disposed.</summary>
    public static ServerMetrics Start(ServerSession session, ServerLog log, TimeProvider time) => new(session, log, time);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await loop;
        await DisconnectAsync();
        meter.Dispose();
        stopping.Dispose();
    }

    private IEnumerable<Measurement<long>> Of(Func<DatabaseStatistics, long> value) =>
        reading.Select(database => new Measurement<long>(value(database), new KeyValuePair<string, object?>("postgresql.database.name", database.Database)));

    private async Task RunAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            do
            {
                if (backends.Enabled)
                    await ReadAsync();
            }
            while (await timer.WaitForNextTickAsync(stopping.Token));
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the end
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            connection ??= await session.OpenAsync(stopping.Token);
            reading = await DatabaseStatistics.ReadAsync(connection, stopping.Token);
            warned = false;
        }
        catch (NpgsqlException exception)
        {
            reading = [];
            await DisconnectAsync();
            if (!warned)
                log.Warn($"PostgreSQL's metrics pause: its statistics cannot be read ({exception.Message}); they go on with the next reading that works.");
            warned = true;
        }
    }

    private async Task DisconnectAsync()
    {
        if (connection is not null)
            await connection.DisposeAsync();
        connection = null;
    }
}
