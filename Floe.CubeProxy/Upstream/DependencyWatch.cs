using Floe.CubeProxy.Execution;
using Floe.ServiceDefaults.Http;

namespace Floe.CubeProxy.Upstream;

/// <summary>
/// Asks the dependencies several times a second, so that an outage is known, and named, within a second: Cube itself says "Continue wait" for half a
/// minute and then something about a resource request.
/// </summary>
internal sealed partial class DependencyWatch(IReadOnlyList<Dependency> dependencies, HttpClient http, EngineOptions options, TimeProvider clock, ILogger<DependencyWatch> log) : BackgroundService
{
    // A refused connection is told at once; this bounds a service that is there and says nothing, which may just be busy.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly Dictionary<Dependency, Outage> _probed = [];
    private Outage? _reported;
    private volatile Outage? _outage;
    private CancellationTokenSource _outages = new();

    /// <summary>What does not answer at the moment; null: everything does.</summary>
    public Outage? Outage => _outage;

    /// <summary>Cancelled when something fails; already cancelled during an outage.</summary>
    public CancellationToken Failing
    {
        get { lock (_gate) return _outages.Token; }
    }

    /// <summary>What Cube says of its data source where no probe can: null when it answers again.</summary>
    public void Report(Outage? outage)
    {
        lock (_gate) _reported = outage;
        Judge();
    }

    /// <summary>Asks all of them now.</summary>
    public Task ProbeAsync(CancellationToken ct) => Task.WhenAll(dependencies.Select(dependency => ProbeAsync(dependency, ct)));

    public override void Dispose()
    {
        base.Dispose();
        _outages.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(dependencies.Select(dependency => WatchAsync(dependency, stoppingToken)));

    // Each at its own pace: one that hangs must not hide that another is down.
    private async Task WatchAsync(Dependency dependency, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            await ProbeAsync(dependency, ct);
            await Task.Delay(options.RefreshInterval, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ProbeAsync(Dependency dependency, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_patience);
        string? reason = null;
        try
        {
            using var unsampled = Unsampled.Start("cube.probe");
            using var response = await http.GetAsync(dependency.Address, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if ((int)response.StatusCode >= 500 && !dependency.AnyStatus) reason = $"it answers {(int)response.StatusCode}.";
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return;
        }
        catch (Exception e) when (ConnectionFailure.Is(e) || e is OperationCanceledException)
        {
            reason = limit.IsCancellationRequested ? $"no answer within {_patience.TotalSeconds:0} s." : e.Message;
        }
        lock (_gate)
        {
            if (reason is null) _probed.Remove(dependency);
            else _probed[dependency] = new Outage(dependency.Name, reason);
        }
        Judge();
    }

    private void Judge()
    {
        CancellationTokenSource? failing = null;
        lock (_gate)
        {
            // In the order of the list: what others depend on comes first.
            var outage = dependencies.Select(_probed.GetValueOrDefault).FirstOrDefault(found => found is not null) ?? _reported;
            if (outage == _outage) return;
            if (outage is not null && outage.Dependency != _outage?.Dependency) LogOutage(outage.ToString());
            if (outage is null) LogOver(_outage!.Dependency);
            if (outage is null) _outages = new CancellationTokenSource();
            else if (_outage is null) failing = _outages;
            _outage = outage;
        }
        // Outside of the lock: those who wait go on here.
        failing?.Cancel();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Outage} Queries that need it are answered with 503.")]
    private partial void LogOutage(string outage);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Dependency} answers again.")]
    private partial void LogOver(string dependency);
}
