using Floe.AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>No half-started stack, and none that nobody waits for.</summary>
internal static class StartGuardExtensions
{
    /// <summary>Ends the AppHost with the reason when one of these resources ends before the stack is up.</summary>
    public static void StopWhenStartFails(this IDistributedApplicationBuilder builder, params string[] essential)
    {
        if (builder.ExecutionContext.IsRunMode)
            builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<StartGuard>(services, new EssentialResources(essential)));
    }

    /// <summary>Ends the AppHost when it was started by <c>dotnet run</c> and that was killed.</summary>
    public static void StopWithDotnetRun(this IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsRunMode && DotnetRun.Find() is { } parent)
            builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<DotnetRunGuard>(services, parent));
    }
}
