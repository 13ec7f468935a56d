using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Cli;

/// <summary>Registers what the aspire CLI needs of the AppHost.</summary>
internal static class CliServiceCollectionExtensions
{
    public static IServiceCollection AddCliBackchannels(this IServiceCollection services) => services;
}
