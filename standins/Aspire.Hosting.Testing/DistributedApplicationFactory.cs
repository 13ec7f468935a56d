using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Runs the entry point of an AppHost inside a test; the test decides when the application is built, started and ended.</summary>
public class DistributedApplicationFactory : IDisposable, IAsyncDisposable
{
    private readonly EntryPointRun _run;

    /// <param name="entryPoint">A type of the AppHost's assembly, for example <c>Projects.Floe_AppHost</c>.</param>
    public DistributedApplicationFactory(Type entryPoint) : this(entryPoint, []) { }

    public DistributedApplicationFactory(Type entryPoint, string[] args)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        _run = new EntryPointRun(entryPoint.Assembly, args, OnBuilderCreating, OnBuilderCreated, OnBuilding, OnBuilt);
    }

    /// <summary>Builds and starts the application.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        var application = await BuildAsync(cancellationToken).ConfigureAwait(false);
        await application.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public HttpClient CreateHttpClient(string resourceName, string? endpointName = null) => Application.CreateHttpClient(resourceName, endpointName);

    public ValueTask<string?> GetConnectionString(string resourceName) => Application.GetConnectionStringAsync(resourceName);

    public Uri GetEndpoint(string resourceName, string? endpointName = null) => Application.GetEndpoint(resourceName, endpointName);

    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    public virtual async ValueTask DisposeAsync()
    {
        await _run.DisposeAsync().ConfigureAwait(false);
        GC.SuppressFinalize(this);
    }

    /// <summary>Before the AppHost's builder exists.</summary>
    protected virtual void OnBuilderCreating(DistributedApplicationOptions applicationOptions, HostApplicationBuilderSettings hostOptions) { }

    protected virtual void OnBuilderCreated(DistributedApplicationBuilder applicationBuilder) { }

    /// <summary>The AppHost's program is about to build.</summary>
    protected virtual void OnBuilding(DistributedApplicationBuilder applicationBuilder) { }

    protected virtual void OnBuilt(DistributedApplication application) { }

    /// <summary>The AppHost's builder when its program calls Build.</summary>
    internal Task<DistributedApplicationBuilder> GetBuilderAsync(CancellationToken cancellationToken) => _run.GetBuilderAsync(cancellationToken);

    internal async Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        await _run.GetBuilderAsync(cancellationToken).ConfigureAwait(false);
        return await _run.BuildAsync(cancellationToken).ConfigureAwait(false);
    }

    private DistributedApplication Application => _run.Application ?? throw new InvalidOperationException("The application must be started before it can be used.");
}
