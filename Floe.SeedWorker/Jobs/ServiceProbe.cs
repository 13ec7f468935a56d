using Floe.Lakehouse;
using OpenTelemetry;

namespace Floe.SeedWorker.Jobs;

/// <summary>Whether a service that runs need serves this worker. An answer counts for a few seconds, whoever asked.</summary>
/// <param name="name">The service, as in "the catalog".</param>
/// <param name="setting">The setting that says where it is.</param>
/// <param name="ask">A request that costs the service little; fails when it does not serve.</param>
public sealed class ServiceProbe(string name, string setting, Func<CancellationToken, Task> ask, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan s_fresh = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _oneAtATime = new(1, 1);
    private long? _asked;
    private string? _problem;

    /// <summary>The service.</summary>
    public string Name => name;

    /// <summary>What is wrong with the service, or null. A sentence for everybody: without addresses and principals.</summary>
    /// <param name="now">Asks the service in any case.</param>
    public async Task<string?> ProblemAsync(bool now, CancellationToken ct)
    {
        await _oneAtATime.WaitAsync(ct);
        try
        {
            if (now || _asked is not { } asked || time.GetElapsedTime(asked) > s_fresh)
            {
                _problem = await AskAsync(ct);
                _asked = time.GetTimestamp();
            }

            return _problem;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _oneAtATime.Dispose();

    private async Task<string?> AskAsync(CancellationToken ct)
    {
        // A probe is no event of the application.
        using var quiet = SuppressInstrumentationScope.Begin();
        using var patience = new CancellationTokenSource(s_patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await ask(either.Token);
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"{name} ({setting}) does not answer within {s_patience.TotalSeconds:0} s; runs wait until it does";
        }
        catch (LakehouseException e)
        {
            return $"{name} ({setting}) does not serve the worker ({e.GetType().Name}); runs wait until it does";
        }
    }
}
