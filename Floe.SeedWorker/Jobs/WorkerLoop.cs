using Floe.Lakehouse;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Ingest;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;

namespace Floe.SeedWorker.Jobs;

/// <summary>The worker's life: set the lakehouse up, seed empty tables, then run what is asked for, one run at a time.</summary>
public sealed class WorkerLoop(
    RunStore store, JobQueue queue, JobRunner runner, RunnerLock runnerLock, IEnumerable<ServiceProbe> services, LakehouseBootstrap bootstrap, BootstrapPlan plan, SeedCondition seed,
    WorkerState state, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<WorkerLoop> log) : BackgroundService
{
    // How soon a run that another worker took in is seen here, and how soon a lost database is tried again.
    private static readonly TimeSpan s_look = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(15);

    // Exit code for data that cannot be used (sysexits.h, EX_DATAERR).
    private const int DataError = 65;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Not on the thread that starts the host.
        await Task.Yield();
        try
        {
            await SetUpAsync(stoppingToken);
            state.BootstrapDone();
        }
        catch (BootstrapException e)
        {
            log.LogCritical("{Reason}", e.Message);
            Environment.ExitCode = 1;
            lifetime.StopApplication();
            return;
        }

        var (started, recovered) = (false, false);
        (string Service, long Since)? outage = null;
        var pause = s_again;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!await QuietlyAsync(runnerLock.HoldAsync, stoppingToken))
                {
                    state.Idle();
                    await queue.WaitAsync(s_again, stoppingToken);
                    continue;
                }

                if (!recovered)
                {
                    await ThrowWhenAwayAsync(stoppingToken);
                    if (await store.RecoverAsync(stoppingToken) is > 0 and var left)
                        log.LogInformation("{Count} runs were left unfinished and are taken up again", left);
                    await SeedWhenEmptyAsync(stoppingToken);
                    (started, recovered) = (true, true);
                }

                if (outage is { } over)
                {
                    log.LogInformation("{Service} answers again after {Seconds:0} s", over.Service, time.GetElapsedTime(over.Since).TotalSeconds);
                    (outage, pause) = (null, s_again);
                }

                var taken = await QuietlyAsync(store.TakeAsync, stoppingToken);
                await QuietlyAsync(store.MeasureAsync, stoppingToken);
                if (taken is { } run)
                    await runner.ExecuteAsync(run, stoppingToken);
                else
                    await IdleAsync(stoppingToken);
            }
            catch (UnreadableTableException e) when (!started)
            {
                // Nothing works without the tables. Later it is an outage like others: what was there may come back.
                await Console.Error.WriteLineAsync(e.Message);
                Environment.ExitCode = DataError;
                lifetime.StopApplication();
                return;
            }
            catch (Exception e) when (e is NpgsqlException or RunInterruptedException or ServiceOutageException or LakehouseException && !stoppingToken.IsCancellationRequested)
            {
                // The next start of the loop looks at everything anew.
                recovered = false;
                var service = e switch
                {
                    RunInterruptedException interrupted => interrupted.Service,
                    ServiceOutageException away => away.Service,
                    LakehouseException => "the lakehouse",
                    _ => "PostgreSQL",
                };
                if (outage?.Service != service)
                {
                    log.LogWarning("{Service} fails, the runner tries until it answers: {Reason}", service, e.Message);
                    outage = (service, outage?.Since ?? time.GetTimestamp());
                }

                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < s_longest ? pause * 2 : s_longest;
            }
        }
    }

    private async Task IdleAsync(CancellationToken ct)
    {
        var wait = await QuietlyAsync(store.NextAttemptAsync, ct) is { } next && next - time.GetUtcNow() is var until && until < s_look ? until : s_look;
        if (wait <= TimeSpan.Zero)
            return;
        // Idle is who stays so for a moment: what waits for that would else compete with those who take up what was just done.
        await queue.WaitAsync(state.WasIdle || wait < s_again ? wait : s_again, ct);
        state.Idle();
    }

    // A run that a service's outage interrupted would only meet the same again.
    private async Task ThrowWhenAwayAsync(CancellationToken ct)
    {
        foreach (var service in services)
        {
            if (await service.ProblemAsync(now: true, ct) is { } problem)
                throw new ServiceOutageException(service.Name, problem);
        }
    }

    // Looking for work is no event: without this an idle worker would fill the dashboard with traces of one query each.
    private static async Task<T> QuietlyAsync<T>(Func<CancellationToken, Task<T>> look, CancellationToken ct)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        return await look(ct);
    }

    private static async Task QuietlyAsync(Func<CancellationToken, Task> look, CancellationToken ct)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        await look(ct);
    }

    private async Task SetUpAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            await foreach (var part in Task.WhenEach(EnsureStoreAsync(either.Token), bootstrap.RunAsync(either.Token)))
                await part;
        }
        catch
        {
            // What fails first is the reason; the other need not go on waiting.
            await either.CancelAsync();
            throw;
        }
    }

    private async Task SeedWhenEmptyAsync(CancellationToken ct)
    {
        if (await seed.HoldsAsync(ct) && !await store.IsOpenAsync(SeedJob.JobName, ct))
        {
            log.LogInformation("the tables are empty: seeding them");
            await queue.AddAsync(SeedJob.JobName, [], "sensor", null, ct);
        }
    }

    private async Task EnsureStoreAsync(CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await store.EnsureSchemaAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidCatalogName)
            {
                throw new BootstrapException($"PostgreSQL refuses ConnectionStrings:floe: {e.MessageText}; correct it, or create what it names.", e);
            }
            catch (NpgsqlException e)
            {
                if (time.GetElapsedTime(started) > plan.Timeout)
                    throw new BootstrapException($"PostgreSQL (ConnectionStrings:floe) did not answer within {plan.Timeout.TotalSeconds:0} s (last: {e.Message}); start it, or correct the connection string.", e);
                await Task.Delay(TimeSpan.FromMilliseconds(250), time, ct);
            }
        }
    }
}
