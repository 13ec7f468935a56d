using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Upstream;

/// <summary>The set of snapshots that the model's tables have, without loading them: what kept answers belong to.</summary>
/// <param name="tables">Null: what the model reads is not known, so that no answer can be kept.</param>
/// <param name="observers">Told of every new set: from then on Cube answers from it.</param>
internal sealed partial class TableWatch(ITableSource? source, ModelTables? tables, EngineOptions options, IEnumerable<IRefreshObserver> observers, TimeProvider clock, ILogger<TableWatch> log) : BackgroundService
{
    private readonly TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile State? _current;
    private volatile string? _problem;

    /// <summary>Null as long as no set is known; an outage of the catalog keeps the last one, because nothing is committed without it.</summary>
    public State? Current => _current;

    /// <summary>Why the last look failed; null when it worked.</summary>
    public string? Problem => _problem;

    /// <summary>Ends with the first look, whatever it found; at once when there is nothing to look for.</summary>
    public Task FirstLook => _looked.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (source is null || tables is null)
        {
            _looked.TrySetResult();
            return;
        }
        var started = clock.GetUtcNow();
        IReadOnlyDictionary<TableName, ITableVersion>? last = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var begun = clock.GetUtcNow();
            try
            {
                IReadOnlyDictionary<TableName, ITableVersion> versions;
                using (Unsampled.Start("cube.look")) versions = await source.ReadVersionsAsync(tables.Names, stoppingToken);
                if (NewVersions.Of(versions, table => last?.GetValueOrDefault(table)?.Id, isFirst: last is null) is { } found)
                {
                    // Here a refresh is to forget the kept answers: Cube itself reads the tables with every query.
                    using var span = RefreshTrace.Start(found, clock.GetUtcNow());
                    _current = new State(SnapshotSet.IdOf(versions.Select(version => (version.Key, version.Value.Id))), clock.GetUtcNow(), TableState.Of(versions));
                    RefreshTrace.Loaded(found, started, clock.GetUtcNow());
                    foreach (var observer in observers) observer.Refreshed(versions, begun);
                    last = versions;
                }
                _problem = null;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Said once per change.
                if (_problem != e.Message) LogFailed(source.Name, e.Message);
                _problem = e.Message;
            }
            _looked.TrySetResult();
            await Task.Delay(options.RefreshInterval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <param name="Id">Equal ids mean equal data.</param>
    /// <param name="SeenAt">When it was seen first.</param>
    /// <param name="Tables">What it is made of.</param>
    internal sealed record State(string Id, DateTimeOffset SeenAt, IReadOnlyList<TableState> Tables);

    [LoggerMessage(Level = LogLevel.Information, Message = "Could not look for new snapshots in {Source}: {Reason}")]
    private partial void LogFailed(string source, string reason);
}
