using System.Diagnostics;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Lineage;
using Floe.ServiceDefaults.Telemetry;
using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>Executes a run: one trace, one line in the log when it fails, its end in the store.</summary>
public sealed class JobRunner(
    IEnumerable<IJob> jobs, RunStore store, RunnerLock runnerLock, IEnumerable<ServiceProbe> services, WorkerState state, RetryPolicy retry, RunLineage lineage, TimeProvider time, ILogger<JobRunner> log)
{
    private readonly Dictionary<string, IJob> _jobs = jobs.ToDictionary(j => j.Name);

    /// <summary>Runs to the end. An error of the job ends the run as failed, or makes it wait for its next attempt, and is not thrown.</summary>
    /// <exception cref="RunInterruptedException">The database, the catalog or the store went away meanwhile; the run is still noted as running.</exception>
    public async Task ExecuteAsync(Run run, CancellationToken ct)
    {
        using var span = Telemetry.StartRun(run);
        var started = time.GetTimestamp();
        if (span is not null)
            await store.SetTraceAsync(run.Id, span, ct);
        if (run.Failures.Count == 0)
            Telemetry.RunWait.Record(Math.Max(0, (time.GetUtcNow() - run.CreatedAt).TotalSeconds), new KeyValuePair<string, object?>("floe.job", run.Job));
        lineage.Started(run);

        string? error = null;
        FaultPoints.Reached(FaultPoints.RunBegun);
        try
        {
            // A run may have been taken in by another version of the worker.
            var job = _jobs.GetValueOrDefault(run.Job)
                ?? throw new JobRefusedException($"There is no job '{run.Job}' in this worker; the jobs are {string.Join(", ", _jobs.Keys)}. Start one of them.");
            await job.RunAsync(new RunContext(run, store, time), ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The worker stops: the run stays as it is and is taken up by the next one.
            span?.SetStatus(ActivityStatusCode.Error, "the worker stopped");
            throw;
        }
        catch (Exception e)
        {
            if (await LostServiceAsync(e, ct) is { } service)
            {
                span.Failed(e.GetType().FullName!, $"{service} went away", service);
                throw new RunInterruptedException(service, run.Id, e);
            }

            error = e.Message;
            span.Fail(e);
            if (retry.After(run.Attempt, e) is { } wait)
            {
                log.LogWarning(e, "run {Run} of job {Job} failed, attempt {Attempt} of {Attempts}; it is tried again in {Seconds:0.0} s: {Reason}", run.Id, run.Job, run.Attempt, retry.Attempts, wait.TotalSeconds, e.Message);
                await store.RetryAsync(run, error, time.GetUtcNow() + wait, CancellationToken.None);
                return;
            }

            log.LogError(e, "run {Run} of job {Job} failed, attempt {Attempt} of {Attempts}, and is not tried again: {Reason}", run.Id, run.Job, run.Attempt, retry.Attempts, e.Message);
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        Telemetry.RunDuration.Record(seconds, new("floe.job", run.Job), new("floe.state", error is null ? "completed" : "failed"));
        if (run.Job == SeedJob.JobName)
            state.SeedEnded(error);
        FaultPoints.Reached(FaultPoints.RunEnded);
        await store.FinishAsync(run.Id, error, CancellationToken.None);
        FaultPoints.Reached(FaultPoints.RunNoted);
        lineage.Ended(run.Id, error);
        if (error is null)
            log.LogInformation("run {Run} of job {Job} completed in {Seconds:0.0} s", run.Id, run.Job, seconds);
    }

    /// <summary>The service whose outage explains the failure, or null.</summary>
    private async Task<string?> LostServiceAsync(Exception e, CancellationToken ct)
    {
        // The catalog is on the same server and fails in its own words, and the database may be back already: only the lock's connection,
        // which does not outlive an outage, tells that there was one.
        if (e is NpgsqlException { IsTransient: true } || !await runnerLock.IsHeldAsync(CancellationToken.None))
            return "PostgreSQL";
        foreach (var service in services)
        {
            if (await service.ProblemAsync(now: true, ct) is not null)
                return service.Name;
        }

        return null;
    }
}
