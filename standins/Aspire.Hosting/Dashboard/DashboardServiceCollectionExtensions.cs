using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Registers what the dashboard needs of the AppHost.</summary>
internal static class DashboardServiceCollectionExtensions
{
    /// <summary>The resource service and the dashboard process; both rest when the dashboard is disabled.</summary>
    public static IServiceCollection AddDashboardSurface(this IServiceCollection services)
    {
        services.AddResourceFeed();
        services.AddResourceService();
        services.AddHostedService<DashboardProcess>();
        return services;
    }

    /// <summary>What the dashboard asks.</summary>
    public static IServiceCollection AddResourceService(this IServiceCollection services)
    {
        services.AddSingleton(s => new ResourceService(
            s.GetRequiredService<IConfiguration>()["AppHost:DashboardApplicationName"] ?? "Aspire",
            s.GetRequiredService<ResourceFeed>(),
            s.GetRequiredService<ResourceLoggerService>(),
            s.GetRequiredService<ResourceCommandService>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<ResourceService>>()));
        services.AddHostedService<ResourceServiceHost>();
        return services;
    }

    /// <summary>What dashboard and CLI share; registered once.</summary>
    public static IServiceCollection AddResourceFeed(this IServiceCollection services)
    {
        if (services.Any(s => s.ServiceType == typeof(ResourceFeed)))
        {
            return services;
        }

        services.AddSingleton<ResourceFeed>();
        services.AddSingleton<DashboardStatus>();
        services.AddHostedService(s => s.GetRequiredService<ResourceFeed>());
        return services;
    }
}
