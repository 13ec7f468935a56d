using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Cli;

/// <summary>Registers what the aspire CLI needs of the AppHost.</summary>
internal static class CliServiceCollectionExtensions
{
    public static IServiceCollection AddCliBackchannels(this IServiceCollection services)
    {
        services.AddResourceFeed();
        services.AddSingleton(s => CliSession.From(s.GetRequiredService<IConfiguration>()));
        services.AddSingleton<AppHostShutdown>();
        services.AddSingleton<AppHostLogFeed>();
        services.AddSingleton<ILoggerProvider>(s => s.GetRequiredService<AppHostLogFeed>());
        services.AddSingleton<ConsoleLogReader>();
        services.AddSingleton<ResourceWait>();
        services.AddHostedService<ParentProcessWatch>();
        services.AddHostedService<MainBackchannel>();
        services.AddHostedService<AuxiliaryBackchannel>();
        return services;
    }
}
