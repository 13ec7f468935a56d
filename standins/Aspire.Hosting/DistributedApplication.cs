using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>A built application: started, it runs the resources (or publishes them) until it is stopped.</summary>
public class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private int _disposed;
    private bool _begun;

    public DistributedApplication(IHost host)
    {
        ArgumentNullException.ThrowIfNull(host);
        _host = host;
    }

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    /// <summary>Set while a test runs the entry point: then the test starts the application, not the entry point.</summary>
    internal IEntryPointGate? EntryPointGate { get; set; }

    public static IDistributedApplicationBuilder CreateBuilder() => CreateBuilder([]);

    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args);

    public static IDistributedApplicationBuilder CreateBuilder(DistributedApplicationOptions options) => new DistributedApplicationBuilder(options);

    /// <summary>Starts the application and returns when it was stopped (Ctrl+C, SIGTERM).</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <inheritdoc cref="Run"/>
    public virtual async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (EntryPointGate is { IsEntryPoint: true } gate)
        {
            await gate.WaitForEndAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        var lifetime = Services.GetRequiredService<IHostApplicationLifetime>();
        try
        {
            await StartAsync(cancellationToken).ConfigureAwait(false);
            await this.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Ctrl+C during the start: the cleanup below is all that is left to do.
        }
        finally
        {
            await DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns when no resource waits for another one any more.</summary>
    public virtual async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (EntryPointGate is { IsEntryPoint: true } gate)
        {
            await gate.WaitForStartAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        // Built before the start begins: a host that could not make its services cannot be stopped either, and its stop would hide the reason.
        _ = _host.Services.GetServices<IHostedService>();
        _begun = true;
        await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        EntryPointGate?.OnStarted();
    }

    public virtual Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (EntryPointGate is { IsEntryPoint: true }) return Task.CompletedTask;
        _begun = false;
        return _host.StopAsync(cancellationToken);
    }

    public virtual void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        if (EntryPointGate is { IsEntryPoint: true } || Interlocked.Exchange(ref _disposed, 1) != 0) return;
        // Half a start ends like a whole one: what was begun is stopped, in order.
        if (_begun) await _host.StopAsync().ConfigureAwait(false);
        if (_host is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else _host.Dispose();
        EntryPointGate?.OnEnded();
        GC.SuppressFinalize(this);
    }
}
