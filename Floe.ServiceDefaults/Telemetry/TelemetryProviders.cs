using Microsoft.Extensions.Hosting;

namespace Floe.ServiceDefaults.Telemetry;

/// <summary>Owns the providers; disposing them sends what is still buffered, so the last spans of a run are not lost.</summary>
internal sealed class TelemetryProviders(params IReadOnlyList<IDisposable> providers) : IHostedLifecycleService, IDisposable
{
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // Last of all: the services' own stop may still record spans.
    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        foreach (var provider in providers)
            provider.Dispose();
    }
}
