using System.Text.Json.Nodes;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;
using Quartz;

namespace Floe.SeedWorker.Schedule;

/// <summary>
/// The time table, kept by Quartz in PostgreSQL and shared by all workers of the database: of several one fires. It begins when the worker has nothing
/// to do for the first time, so that the first seeding does not wait for it. Settings that changed since the last start take effect; else the time table
/// stays as it is stored, with the times that it missed and what was changed by the API.
/// </summary>
public sealed class RunSchedule(ISchedulerFactory schedulers, NpgsqlDataSource database, WorkerState state, IOptions<ScheduleOptions> options, TimeProvider time, ILogger<RunSchedule> log)
    : BackgroundService
{
    /// <summary>Schema of Quartz' tables in the database of runs.</summary>
    public const string DatabaseSchema = "quartz";

    // Any number, as long as no other program in this database uses it.
    private const long SchemaLock = 7_020_004;

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(3);

    private const string SettingsKey = "settings";
    private const string CronKey = "cron";

    private volatile IScheduler? _scheduler;

    /// <summary>Whether the time table can be asked.</summary>
    public bool HasBegun => _scheduler is not null;

    /// <summary>When a job runs by itself.</summary>
    /// <exception cref="SchedulerException">The database does not serve.</exception>
    internal async Task<ScheduledJob> FindAsync(string job, CancellationToken ct)
    {
        var scheduler = _scheduler ?? throw new SchedulerException("The schedule has not begun yet.");
        if (await scheduler.GetTrigger(new TriggerKey(job), ct) is not ICronTrigger trigger)
            return new ScheduledJob(job, null, null, null, null, null);
        return new ScheduledJob(
            job, trigger.JobDataMap.GetString(CronKey), trigger.TimeZone.Id, (JsonObject?)JsonNode.Parse(trigger.JobDataMap.GetString(ScheduledRun.ParametersKey)!), trigger.NextFireTimeUtc,
            trigger.PreviousFireTimeUtc);
    }

    /// <summary>Changes when a job runs by itself, for all workers, until the settings change.</summary>
    /// <exception cref="FormatException">The cron expression breaks a rule.</exception>
    /// <exception cref="SchedulerException">The database does not serve.</exception>
    internal async Task SetAsync(string job, string cron, TimeZoneInfo zone, JsonObject parameters, CancellationToken ct)
    {
        var scheduler = _scheduler ?? throw new SchedulerException("The schedule has not begun yet.");
        var settings = (await scheduler.GetJobDetail(new JobKey(job), ct))?.JobDataMap.GetString(SettingsKey) ?? "";
        await StoreAsync(scheduler, job, cron, zone, parameters, settings, ct);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_scheduler is not null)
            await _scheduler.Shutdown(waitForJobsToComplete: false, cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.WhenSetUpAsync(stoppingToken);
        await state.WhenIdleAsync(stoppingToken).WaitAsync(s_atMost, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stoppingToken.ThrowIfCancellationRequested();

        // Quartz looks into the database every few seconds: no event, and all of its threads come from here.
        using var quiet = SuppressInstrumentationScope.Begin();
        while (true)
        {
            try
            {
                await BeginAsync();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or SchedulerException)
            {
                log.LogWarning("the schedule waits for PostgreSQL: {Reason}", e.Message);
                await Task.Delay(s_again, time, stoppingToken);
            }
        }
    }

    private async Task ConvergeAsync(IScheduler scheduler, string job, string cron, JsonObject parameters, CancellationToken ct)
    {
        var settings = $"{cron}|{options.Value.TimeZone}|{options.Value.Misfire}|{parameters.ToJsonString()}";
        if ((await scheduler.GetJobDetail(new JobKey(job), ct))?.JobDataMap.GetString(SettingsKey) != settings)
            await StoreAsync(scheduler, job, cron, options.Value.Zone, parameters, settings, ct);
    }

    private async Task StoreAsync(IScheduler scheduler, string job, string cron, TimeZoneInfo zone, JsonObject parameters, string settings, CancellationToken ct)
    {
        var key = new JobKey(job);
        var detail = JobBuilder.Create<ScheduledRun>().WithIdentity(key).StoreDurably().UsingJobData(SettingsKey, settings).Build();
        if (cron.Length == 0)
        {
            await scheduler.UnscheduleJob(new TriggerKey(job), ct);
            await scheduler.AddJob(detail, new AddJobOptions { Replace = true }, ct);
            return;
        }

        var times = CronScheduleBuilder.Create(TimeTable.Read(cron, zone)).InTimeZone(zone)
            .WithMisfireInstruction(options.Value.Misfire == Misfire.Once ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing);
        var trigger = TriggerBuilder.Create().WithIdentity(job).ForJob(key).UsingJobData(ScheduledRun.ParametersKey, parameters.ToJsonString()).UsingJobData(CronKey, cron).WithSchedule(times).Build();
        await scheduler.ScheduleJob(detail, [trigger], new ScheduleJobOptions { Replace = true }, ct);
    }

    // To its end even when the worker stops meanwhile: Quartz calls a beginning that is cut off an error.
    private async Task BeginAsync()
    {
        var ct = CancellationToken.None;
        await using (var schema = database.CreateCommand($"select pg_advisory_xact_lock({SchemaLock}); create schema if not exists {DatabaseSchema}; {Tables()}"))
            await schema.ExecuteNonQueryAsync(ct);
        var scheduler = await schedulers.GetScheduler(ct);
        var settings = options.Value;
        await ConvergeAsync(scheduler, GenerateJob.JobName, settings.Cron, new() { ["orders"] = settings.Orders }, ct);
        await ConvergeAsync(scheduler, MaintainJob.JobName, settings.MaintainCron, new() { ["dryRun"] = false }, ct);
        await scheduler.Start(ct);
        _scheduler = scheduler;
    }

    /// <summary>
    /// Quartz' own script, which creates what is missing. Left to itself Quartz finds out by statements that fail, and an error in the server's log is what a
    /// reader stops at. Where a later Quartz has no such script, it does so still.
    /// </summary>
    private static string Tables()
    {
        using var script = typeof(IScheduler).Assembly.GetManifestResourceStream("Quartz.Impl.AdoJobStore.Schema.create_postgres.sql");
        if (script is null)
            return "";
        using var reader = new StreamReader(script);
        // {0}: prefix of tables, with their schema; {1}: of indexes.
        return reader.ReadToEnd().Replace("{0}", $"{DatabaseSchema}.qrtz_", StringComparison.Ordinal).Replace("{1}", "qrtz_", StringComparison.Ordinal);
    }
}
