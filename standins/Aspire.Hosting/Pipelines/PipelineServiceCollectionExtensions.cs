using Aspire.Hosting.Cli;
using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>Registers publishing.</summary>
internal static class PipelineServiceCollectionExtensions
{
    /// <summary>In publish mode a hosted service of this registration runs the pipeline and then stops the application.</summary>
    public static IServiceCollection AddPipelines(this IServiceCollection services)
    {
        services.AddOptions<PipelineOptions>().BindConfiguration(PipelineOptions.Pipeline);
        services.AddSingleton(s => (DistributedApplicationPipeline)s.GetRequiredService<IDistributedApplicationPipeline>());
        services.AddSingleton<IPipelineOutputService, PipelineOutputService>();
        services.AddSingleton(s => new PipelineActivities(
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILoggerFactory>().CreateLogger("Aspire.Hosting.Pipelines"),
            forCli: CliSession.From(s.GetRequiredService<IConfiguration>()).MainSocketPath is not null));
        services.AddHostedService<PipelineExecutor>();
        return services;
    }
}
