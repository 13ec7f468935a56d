using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Secrets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private static readonly DiagnosticListener Diagnostics = new("Aspire.Hosting");
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly DistributedApplicationExecutionContextOptions _executionContextOptions;
    private bool _built;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args }) { }

    public DistributedApplicationBuilder(DistributedApplicationOptions options) : this(options, new HostApplicationBuilderSettings()) { }

    internal DistributedApplicationBuilder(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(options);
        FatalErrors.ReportInOneSentence();
        _options = options;
        settings.Args ??= options.Args;
        Write("DistributedApplicationBuilderConstructing", (options, settings, this));
        var metadata = new AppHostMetadata(options);
        AppHostAssembly = metadata.Assembly;
        AppHostDirectory = Path.GetFullPath(options.ProjectDirectory ?? metadata["apphostprojectpath"] ?? Directory.GetCurrentDirectory());
        _host = CreateHostBuilder(settings, metadata);
        Configuration.AddCommandLine(AppHostArguments.WithoutForeign(settings.Args ?? []), AppHostArguments.Switches);
        UserSecretsManager = new UserSecretsManager(metadata.Assembly?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId);
        _executionContextOptions = ReadOperation(Configuration);
        ExecutionContext = new DistributedApplicationExecutionContext(_executionContextOptions);
        Pipeline = new DistributedApplicationPipeline();
        this.SetAppHostConfiguration(metadata, options, UserSecretsManager);
        RegisterServices();
        Write("DistributedApplicationBuilderConstructed", this);
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    public IHostEnvironment Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IDistributedApplicationPipeline Pipeline { get; }

    public IUserSecretsManager UserSecretsManager { get; }

    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new DistributedApplicationResourceBuilder<T>(this, resource);
    }

    public DistributedApplication Build()
    {
        if (_built) throw new InvalidOperationException("The application was already built.");
        _built = true;
        Write("DistributedApplicationBuilding", this);
        var application = new DistributedApplication(_host.Build());
        _executionContextOptions.Services = application.Services;
        Write("DistributedApplicationBuilt", application);
        return application;
    }

    private static void Write(string name, object value)
    {
        if (Diagnostics.IsEnabled() && Diagnostics.IsEnabled(name)) Diagnostics.Write(name, value);
    }

    private HostApplicationBuilder CreateHostBuilder(HostApplicationBuilderSettings settings, AppHostMetadata metadata)
    {
        var host = new HostApplicationBuilder(new HostApplicationBuilderSettings
        {
            // Own switches come later; the host itself would refuse some arguments that are for others.
            Args = AppHostArguments.WithoutForeign(settings.Args ?? []),
            ApplicationName = settings.ApplicationName ?? metadata.Assembly?.GetName().Name,
            EnvironmentName = settings.EnvironmentName ?? AppHostArguments.FallbackEnvironment(settings.Args ?? []),
            ContentRootPath = settings.ContentRootPath ?? AppHostDirectory,
            Configuration = settings.Configuration,
            DisableDefaults = settings.DisableDefaults,
        });
        if (metadata.Assembly is { } assembly) UserSecretsSource.AddInEveryEnvironment(host.Configuration, assembly);
        return host;
    }

    private static DistributedApplicationExecutionContextOptions ReadOperation(IConfiguration configuration)
    {
        var publisher = configuration["Publishing:Publisher"];
        var operation = configuration["AppHost:Operation"] switch
        {
            null or "" => publisher is null ? DistributedApplicationOperation.Run : DistributedApplicationOperation.Publish,
            { } text when text.Equals("run", StringComparison.OrdinalIgnoreCase) => DistributedApplicationOperation.Run,
            { } text when text.Equals("publish", StringComparison.OrdinalIgnoreCase) => DistributedApplicationOperation.Publish,
            { } text => throw new DistributedApplicationException($"Invalid operation specified: '{text}'. Valid operations are 'run' and 'publish'."),
        };
        return new DistributedApplicationExecutionContextOptions(operation, publisher);
    }

    private void RegisterServices()
    {
        var services = _host.Services;
        _host.Logging.AddFilter("Microsoft", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A start that fails ends in one sentence (FatalErrors), not in a stack trace before it.
        _host.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        _host.Logging.AddFilter("System.Net.Http.HttpClient", LogLevel.Warning);
        _host.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Error);
        services.AddSingleton(_options);
        services.AddSingleton(ExecutionContext);
        services.AddSingleton(Eventing);
        services.AddSingleton(Pipeline);
        services.AddSingleton(UserSecretsManager);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new DistributedApplicationModel(Resources));
        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton(s => new ResourceCommandService(s.GetRequiredService<ResourceNotificationService>(), s.GetRequiredService<ResourceLoggerService>(), s));
        services.AddSingleton(s => DashboardEndpointsFactory.Create(s.GetRequiredService<IConfiguration>(), enabled: ExecutionContext.IsRunMode && !_options.DisableDashboard));
        services.Configure<ResourceNotificationServiceOptions>(o => o.DefaultWaitBehavior = _options.DisableDashboard ? WaitBehavior.StopOnResourceUnavailable : WaitBehavior.WaitOnResourceUnavailable);
        services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(60));
        if (_options.EnableResourceLogging) services.AddHostedService<ResourceLogForwarder>();
        services.AddHttpClient();
        services.AddHttpClient(Health.EndpointHealthCheck.ClientName).ConfigureHttpClient(c => c.Timeout = TimeSpan.FromSeconds(10));
        services.AddHealthChecks();
        // In this order: the orchestrator's start ends only when nothing waits any more, and somebody wants to watch that.
        if (ExecutionContext.IsRunMode) services.AddDashboardSurface();
        services.AddCliBackchannels();
        services.AddOrchestration(ExecutionContext);
        services.AddPipelines();
    }
}
