using System.Diagnostics;
using Floe.Lakehouse;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Options;
using Npgsql;
using OpenTelemetry;

namespace Floe.SeedWorker.Schedule;

/// <summary>
/// Looks every <see cref="ScheduleOptions.SensorSeconds"/> whether the raw tables are empty, and asks for the job <c>seed_demo_data</c> when they are and
/// no such run waits or works, whichever worker looks first. After a seeding that failed it looks less and less often, up to every ten minutes.
/// </summary>
public sealed class EmptyTablesSensor(
    SeedCondition seed, RunStore store, JobQueue queue, WorkerState state, IOptions<ScheduleOptions> options, TimeProvider time, ILogger<EmptyTablesSensor> log) : BackgroundService
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await state.WhenSetUpAsync(stoppingToken);
        var usual = TimeSpan.FromSeconds(options.Value.SensorSeconds);
        var pause = usual;
        while (true)
        {
            await Task.Delay(pause, time, stoppingToken);
            // Looking is no event: a trace every half minute would fill the dashboard.
            using var quiet = SuppressInstrumentationScope.Begin();
            try
            {
                if (!await seed.HoldsAsync(stoppingToken))
                {
                    pause = usual;
                }
                else if (await AskAsync(stoppingToken))
                {
                    log.LogInformation("the tables are empty: seeding them");
                    queue.Wake();
                    pause = pause * 2 < s_longest ? pause * 2 : s_longest;
                }
            }
            catch (Exception e) when (e is NpgsqlException or LakehouseException)
            {
                // The runner says so in the log, once for an outage, and tries on; so does this.
                Activity.Current?.AddEvent(new("sensor failed", tags: new() { ["exception.message"] = e.Message }));
            }
        }
    }

    private async Task<bool> AskAsync(CancellationToken ct)
    {
        using var asked = Telemetry.StartTrigger(SeedJob.JobName, "sensor");
        var added = await store.AddUnlessOpenAsync(SeedJob.JobName, "sensor", ct);
        // Nothing was triggered, and nobody should see it.
        if (!added && asked is not null)
            asked.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        return added;
    }
}
