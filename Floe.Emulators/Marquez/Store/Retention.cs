using Npgsql;

namespace Floe.Emulators.Marquez.Store;

/// <summary>
/// Forgets what is old, so that the database does not grow for ever: events, and runs with what they read and wrote. Of every job the last run stays, and of
/// every dataset the last version: the graph is whole however long nothing happened.
/// </summary>
internal sealed partial class Retention(MarquezDatabase database, MarquezStartup startup, MarquezOptions options, TimeProvider time, ILogger<Retention> log) : BackgroundService
{
    private const string Schema = StoreSchema.Name;

    private static readonly TimeSpan s_pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_start = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!startup.Done)
            await Task.Delay(s_start, stoppingToken);
        while (true)
        {
            try
            {
                var before = time.GetUtcNow() - TimeSpan.FromDays(options.RetentionDays);
                if (await ForgetAsync(before, stoppingToken) is > 0 and var events)
                    LogForgot(events, before);
            }
            catch (NpgsqlException e)
            {
                LogFailed(e.Message);
            }

            await Task.Delay(s_pause, stoppingToken);
        }
    }

    /// <returns>Events forgotten.</returns>
    private async Task<int> ForgetAsync(DateTimeOffset before, CancellationToken ct)
    {
        var events = 0;
        await database.TransactionAsync(
            async statements =>
            {
                await statements.ExecuteAsync("select pg_advisory_xact_lock($1)", ct, StoreSchema.Lock);
                events = await statements.ExecuteAsync($"delete from {Schema}.lineage_events where event_time < $1", ct, before);
                await statements.ExecuteAsync(
                    $"""
                    delete from {Schema}.runs r where r.updated_at < $1 and exists (
                        select from {Schema}.runs later where later.job_namespace = r.job_namespace and later.job_name = r.job_name and (later.created_at, later.id) > (r.created_at, r.id))
                    """,
                    ct, before);
                await statements.ExecuteAsync(
                    $"""
                    delete from {Schema}.job_io io where io.event_time < $1 and not exists (select from {Schema}.runs r where r.id = io.run_id)
                        and not exists (select from {Schema}.jobs j where j.namespace = io.job_namespace and j.name = io.job_name and j.io_run = io.run_id)
                    """,
                    ct, before);
                await statements.ExecuteAsync(
                    $"""
                    delete from {Schema}.dataset_versions v where v.created_at < $1 and exists (
                        select from {Schema}.dataset_versions later where later.namespace = v.namespace and later.name = v.name and (later.created_at, later.version) > (v.created_at, v.version))
                    """,
                    ct, before);
            },
            ct);
        return events;
    }

    [LoggerMessage(1, LogLevel.Information, "Forgot {Events} lineage events from before {Before:yyyy-MM-dd HH:mm}, and the runs they told of")]
    private partial void LogForgot(int events, DateTimeOffset before);

    [LoggerMessage(2, LogLevel.Warning, "Old lineage events could not be removed, it is tried again in an hour: {Reason}")]
    private partial void LogFailed(string reason);
}
