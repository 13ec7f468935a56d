using Aspire.Hosting.Dcp;
using Aspire.Hosting.Health;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Orchestration;

/// <summary>Registers what runs the model.</summary>
internal static class OrchestrationServiceCollectionExtensions
{
    public static IServiceCollection AddOrchestration(this IServiceCollection services, DistributedApplicationExecutionContext executionContext)
    {
        services.AddSingleton<DcpLocator>();
        services.AddSingleton<DcpServer>();
        services.AddSingleton<DcpSession>();
        services.AddHostedService<ApplicationStartup>();
        if (executionContext.IsPublishMode) return services;
        services.AddSingleton<EndpointAllocator>();
        services.AddSingleton<ResourceValues>();
        services.AddSingleton<ContainerSpecFactory>();
        services.AddSingleton(_ => new ProjectProgram());
        services.AddSingleton<DcpObjectFactory>();
        services.AddSingleton<ManagedResources>();
        services.AddSingleton<UnmanagedResources>();
        services.AddSingleton<ResourceUrls>();
        services.AddSingleton<ChildStates>();
        services.AddSingleton<ContainerRuntimeState>();
        services.AddSingleton<LogCollector>();
        services.AddSingleton<DcpObserver>();
        services.AddSingleton<ResourceHealthMonitor>();
        services.AddHostedService<ApplicationOrchestrator>();
        return services;
    }
}
