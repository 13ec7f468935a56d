using Aspire.Hosting.Cli;
using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

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
            forCli: s.GetRequiredService<CliSession>().MainSocketPath is not null,
            s.GetRequiredService<IOptions<PipelineOptions>>().Value.LeastLevel()));
        services.AddHostedService<PipelineExecutor>();
        return services;
    }
}
