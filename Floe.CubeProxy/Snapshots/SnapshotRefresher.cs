using DuckDB.NET.Data;
using Floe.CubeProxy.Execution;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.ServiceDefaults.Http;
using Floe.ServiceDefaults.Telemetry;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Looks for new versions of the tables and loads them. An outage of the source keeps the last set in service.</summary>
public sealed partial class SnapshotRefresher(SnapshotStore store, ITableSource source, ModelTables tables, EngineOptions options, IEnumerable<IRefreshObserver> observers, TimeProvider clock, ILogger<SnapshotRefresher> log)
    : BackgroundService
{
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private readonly HashSet<string> _saidFaults = [];
    private volatile Failure? _failure;

    /// <summary>Why the last look failed; null when it worked. It is over as soon as a newer set is in service.</summary>
    public string? Problem => _failure is { } failure && failure.InService == store.Current ? failure.Reason : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var begun = clock.GetUtcNow();
            try
            {
                if (await store.LookAsync(source, tables.Names, stoppingToken) is not { } found || await LoadAsync(found, begun, stoppingToken)) _failure = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(e, begun);
            }
            await Task.Delay(options.RefreshInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // What is logged and told of a load is in its trace.
    private async Task<bool> LoadAsync(NewVersions found, DateTimeOffset begun, CancellationToken ct)
    {
        using var span = RefreshTrace.Start(found, begun);
        try
        {
            var started = clock.GetTimestamp();
            await store.LoadAsync(found, ct);
            RefreshTrace.Loaded(found, _started, clock.GetUtcNow());
            LogLoaded(found.All.Count, source.Name, clock.GetElapsedTime(started).TotalMilliseconds);
            if (store.Current?.RollupProblem is { } problem) LogRollup(problem);
            foreach (var fault in store.Current?.Faults.Values.Select(fault => fault.ToString()).Where(_saidFaults.Add) ?? []) LogFault(fault);
            foreach (var observer in observers) observer.Refreshed(found.All, begun);
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            span.Failed(e, source.Name);
            Report(e, begun);
            return false;
        }
    }

    // Said once per change: an outage of an hour is one line, not seven thousand.
    private void Report(Exception e, DateTimeOffset begun)
    {
        if (Problem == e.Message) return;
        _failure = new Failure(e.Message, store.Current);
        switch (e)
        {
            case NotAuthorizedException when store.Current is null:
                LogWaiting("the catalog does not know this service's principal yet; the worker sets it up.");
                break;
            case TableUnavailableException:
            // Before the first load the worker may still be setting up the catalog and this service's principal in it.
            case CatalogException when store.Current is null:
                LogWaiting(e.Message);
                break;
            case LakehouseException or IOException or DuckDBException:
            case var _ when ConnectionFailure.Is(e):
                LogFailed(source.Name, e.Message);
                TellFailure();
                break;
            default:
                LogUnexpected(e, source.Name);
                TellFailure();
                break;
        }

        void TellFailure()
        {
            foreach (var observer in observers) observer.Failed(begun, e.Message);
        }
    }

    /// <param name="InService">The set that was in service then.</param>
    private sealed record Failure(string Reason, SnapshotSet? InService);

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded {Count} tables from {Source} in {Milliseconds:F0} ms; answering from them now.")]
    private partial void LogLoaded(int count, string source, double milliseconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem}")]
    private partial void LogRollup(string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for data: {Reason}")]
    private partial void LogWaiting(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not read {Source}; what is loaded stays in service. {Reason}")]
    private partial void LogFailed(string source, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Fault} Queries for it are refused, others are answered.")]
    private partial void LogFault(string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not read {Source}; what is loaded stays in service.")]
    private partial void LogUnexpected(Exception exception, string source);
}
