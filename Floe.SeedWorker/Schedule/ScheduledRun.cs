using System.Globalization;
using System.Text.Json;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Floe.SeedWorker.Schedule;

/// <summary>What Quartz does when a time has come: asks for a run. The time is the run's idempotency key, so it is one run whoever asks, and how often.</summary>
public sealed class ScheduledRun(IEnumerable<Jobs.IJob> jobs, RunStore store, JobQueue queue, TimeProvider time, ILogger<ScheduledRun> log) : Quartz.IJob
{
    /// <summary>What <see cref="Run.Trigger"/> says of these runs.</summary>
    public const string Trigger = "schedule";

    /// <summary>Key of the parameters in the job's data, as JSON.</summary>
    public const string ParametersKey = "parameters";

    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var job = context.Trigger.JobKey.Name;
        var due = (context.ScheduledFireTimeUtc ?? context.FireTimeUtc).UtcDateTime;
        while (true)
        {
            try
            {
                await AskAsync(job, due, context.MergedJobDataMap.GetString(ParametersKey), cancellationToken);
                return;
            }
            catch (NpgsqlException e)
            {
                log.LogWarning("the run of {Job} of {Due:u} could not be asked for, it is tried again: {Reason}", job, due, e.Message);
                await Task.Delay(s_again, time, cancellationToken);
            }
        }
    }

    private async Task AskAsync(string job, DateTime due, string? json, CancellationToken ct)
    {
        // One that is slower than its time table does not pile up.
        if (await store.IsOpenAsync(job, ct))
        {
            log.LogInformation("the run of {Job} of {Due:u} is left out: one waits or works", job, due);
            return;
        }

        using var parameters = JsonDocument.Parse(json ?? "{}");
        await queue.AddAsync(job, jobs.First(j => j.Name == job).Parameters(parameters.RootElement), Trigger, due.ToString("u", CultureInfo.InvariantCulture), ct);
    }
}
