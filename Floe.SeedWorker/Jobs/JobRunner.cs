using System.Diagnostics;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Npgsql;

namespace Floe.SeedWorker.Jobs;

/// <summary>Executes a run: one trace, one line in the log when it fails, its end in the store.</summary>
public sealed class JobRunner(
    IEnumerable<IJob> jobs, RunStore store, RunnerLock runnerLock, IEnumerable<ServiceProbe> services, WorkerState state, TimeProvider time, ILogger<JobRunner> log)
{
    // How often a run is taken up again after an outage that was over before anybody looked. An error that comes each time is the run's own.
    private const int MostShortOutages = 3;

    private readonly Dictionary<string, IJob> _jobs = jobs.ToDictionary(j => j.Name);
    private (Guid Run, int Count) _shortOutages;

    /// <summary>Runs to the end. An error of the job ends the run as failed and is not thrown.</summary>
    /// <exception cref="RunInterruptedException">The database, the catalog or the store went away meanwhile; the run is still noted as running.</exception>
    public async Task ExecuteAsync(Run run, CancellationToken ct)
    {
        // A run is the root of its own trace, whoever asked for it.
        Activity.Current = null;
        using var span = Telemetry.Source.StartActivity($"run {run.Job}");
        span?.SetTag("floe.job", run.Job).SetTag("floe.run_id", run.Id).SetTag("floe.trigger", run.Trigger);
        var started = time.GetTimestamp();
        if (span is not null)
            await store.SetTraceAsync(run.Id, span.TraceId.ToString(), ct);

        string? error = null;
        try
        {
            // A run may have been taken in by another version of the worker.
            var job = _jobs.GetValueOrDefault(run.Job)
                ?? throw new InvalidOperationException($"There is no job '{run.Job}' in this worker; the jobs are {string.Join(", ", _jobs.Keys)}. Start one of them.");
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
            if (await LostServiceAsync(run, e, ct) is { } service)
            {
                span?.SetStatus(ActivityStatusCode.Error, $"{service} went away");
                throw new RunInterruptedException(service, run.Id, e);
            }

            error = e.Message;
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            log.LogError(e, "run {Run} of job {Job} failed: {Reason}", run.Id, run.Job, e.Message);
        }

        var seconds = time.GetElapsedTime(started).TotalSeconds;
        Telemetry.RunDuration.Record(seconds, new("floe.job", run.Job), new("floe.state", error is null ? "completed" : "failed"));
        if (run.Job == SeedJob.JobName)
            state.SeedEnded(error);
        await store.FinishAsync(run.Id, error, CancellationToken.None);
        if (error is null)
            log.LogInformation("run {Run} of job {Job} completed in {Seconds:0.0} s", run.Id, run.Job, seconds);
    }

    /// <summary>The service whose outage explains the failure, or null.</summary>
    private async Task<string?> LostServiceAsync(Run run, Exception e, CancellationToken ct)
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

        if (e is not (ServiceUnavailableException or CommitStateUnknownException or StoreTimeoutException))
            return null;
        _shortOutages = (run.Id, _shortOutages.Run == run.Id ? _shortOutages.Count + 1 : 1);
        return _shortOutages.Count <= MostShortOutages ? "the lakehouse" : null;
    }
}
