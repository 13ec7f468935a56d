using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Dashboard;

/// <summary>Registers what the dashboard needs of the AppHost.</summary>
internal static class DashboardServiceCollectionExtensions
{
    public static IServiceCollection AddDashboardSurface(this IServiceCollection services) => services;
}
