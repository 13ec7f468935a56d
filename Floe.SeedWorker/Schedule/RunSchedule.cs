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
/// to do for the first time, so that the first seeding does not wait for it, and makes the stored time table what the settings say.
/// </summary>
public sealed class RunSchedule(ISchedulerFactory schedulers, NpgsqlDataSource database, WorkerState state, IOptions<ScheduleOptions> options, TimeProvider time, ILogger<RunSchedule> log)
    : BackgroundService
{
    /// <summary>Schema of Quartz' tables in the database of runs.</summary>
    public const string DatabaseSchema = "quartz";

    // Any number, as long as no other program in this database uses it.
    private const long SchemaLock = 7_020_004;

    private static readonly TimeSpan s_atMost = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    private IScheduler? _scheduler;

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

    private static async Task ConvergeAsync(IScheduler scheduler, string job, string cron, ScheduleOptions settings, JsonObject parameters, CancellationToken ct)
    {
        var key = new JobKey(job);
        if (cron.Length == 0)
        {
            await scheduler.DeleteJob(key, ct);
            return;
        }

        var expression = TimeTable.Read(cron, settings.Zone);
        var misfire = settings.Misfire == Misfire.Once ? CronTriggerMisfireInstruction.FireAndProceed : CronTriggerMisfireInstruction.DoNothing;
        var text = parameters.ToJsonString();
        // What is the same is left alone: a new trigger would know nothing of the times that it missed.
        if (await scheduler.GetTrigger(new TriggerKey(job), ct) is ICronTrigger there && there.CronExpressionString == expression.CronExpressionString
            && there.TimeZone.Id == settings.Zone.Id && there.MisfireInstruction == misfire && there.JobDataMap.GetString(ScheduledRun.ParametersKey) == text)
        {
            return;
        }

        await scheduler.ScheduleJob(
            JobBuilder.Create<ScheduledRun>().WithIdentity(key).Build(),
            [
                TriggerBuilder.Create().WithIdentity(job).ForJob(key).UsingJobData(ScheduledRun.ParametersKey, text)
                    .WithSchedule(CronScheduleBuilder.Create(expression).InTimeZone(settings.Zone).WithMisfireInstruction(misfire)).Build(),
            ],
            new ScheduleJobOptions { Replace = true }, ct);
    }

    // To its end even when the worker stops meanwhile: Quartz calls a beginning that is cut off an error.
    private async Task BeginAsync()
    {
        var ct = CancellationToken.None;
        await using (var schema = database.CreateCommand($"select pg_advisory_xact_lock({SchemaLock}); create schema if not exists {DatabaseSchema}"))
            await schema.ExecuteNonQueryAsync(ct);
        var scheduler = await schedulers.GetScheduler(ct);
        var settings = options.Value;
        await ConvergeAsync(scheduler, GenerateJob.JobName, settings.Cron, settings, new() { ["orders"] = settings.Orders }, ct);
        await ConvergeAsync(scheduler, MaintainJob.JobName, settings.MaintainCron, settings, [], ct);
        await scheduler.Start(ct);
        _scheduler = scheduler;
    }
}
