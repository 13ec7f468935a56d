using System.Globalization;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Floe.SeedWorker.Schedule;

/// <summary>
/// Asks for a run of <c>generate</c> at the times of <see cref="ScheduleOptions.Cron"/>. Every worker does, under a key that is the time: the
/// database of runs takes the first and knows the others for the same.
/// </summary>
public sealed class GenerateSchedule(RunStore store, JobQueue queue, WorkerState state, IOptions<ScheduleOptions> options, TimeProvider time, ILogger<GenerateSchedule> log) : BackgroundService
{
    /// <summary>What <see cref="Run.Trigger"/> says of these runs.</summary>
    public const string Trigger = "schedule";

    // Waits are cut into pieces: the clock of a machine may be set.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Cron.Length == 0)
            return;
        var cron = CronExpression.Parse(options.Value.Cron);
        var zone = options.Value.Zone;
        await state.WhenSetUpAsync(stoppingToken);

        var since = await TryAsync(() => store.LastKeyAsync(GenerateJob.JobName, Trigger, stoppingToken), stoppingToken) is { } last && options.Value.Misfire == Misfire.Once
            ? DateTimeOffset.Parse(last, CultureInfo.InvariantCulture)
            : time.GetUtcNow();
        while (cron.Next(since, zone) is { } due)
        {
            // Several that passed are one.
            while (cron.Next(due, zone) is { } later && later <= time.GetUtcNow())
                due = later;
            while (due - time.GetUtcNow() is { Ticks: > 0 } left)
                await Task.Delay(left < s_longestWait ? left : s_longestWait, time, stoppingToken);
            await TryAsync(() => StartAsync(due, stoppingToken), stoppingToken);
            since = due;
        }
    }

    private async Task<object?> StartAsync(DateTimeOffset due, CancellationToken ct)
    {
        // One that is slower than its time table does not pile up.
        if (await store.IsOpenAsync(GenerateJob.JobName, ct))
        {
            log.LogInformation("the scheduled batch of {Due:u} is left out: a run of {Job} waits or works", due, GenerateJob.JobName);
            return null;
        }

        await queue.AddAsync(GenerateJob.JobName, new JsonObject { ["orders"] = (long)options.Value.Orders }, Trigger, due.UtcDateTime.ToString("u", CultureInfo.InvariantCulture), ct);
        return null;
    }

    // The database may be away: the time is not lost for that.
    private async Task<T> TryAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (NpgsqlException e)
            {
                log.LogWarning("the schedule waits for PostgreSQL: {Reason}", e.Message);
                await Task.Delay(s_again, time, ct);
            }
        }
    }
}
