using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Pipelines;
using Floe.AppHost.Deployment;
using Floe.AppHost.Preflight;
using Floe.AppHost.Publishing;
using Floe.AppHost.Publishing.AspireChart;
using Floe.AppHost.Publishing.Model;
using Floe.AppHost.Publishing.Output;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>Publishing, preflight and deployment as steps of Aspire's pipeline.</summary>
internal static class PublishingBuilderExtensions
{
    /// <summary>
    /// Publishes Aspire's own chart, repaired, into <c>aspire/</c>, and beside it values and objects of Floe's charts; adds the steps of preflight and
    /// deployment. Call it last: it covers the resources that are there. Nothing happens when the application runs.
    /// </summary>
    public static IResourceBuilder<KubernetesEnvironmentResource> WithFloeCharts(this IResourceBuilder<KubernetesEnvironmentResource> environment)
    {
        var builder = environment.ApplicationBuilder;
        if (builder.ExecutionContext.IsRunMode)
            return environment;

        var settings = PublishSettings.Read(builder.Configuration, builder.AppHostDirectory);
        var charts = new ChartPublisher(settings, Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "Floe.SeedWorker", "dbt")));
        // State outlives pods, and traces go to Jaeger, which the model has.
        environment.WithProperties(k8s => k8s.DefaultStorageType = "pvc").WithDashboard(false);
        ChartRepairs.Apply(builder);
        builder.Pipeline.AddStep("arrange-aspire-chart", context => ArrangeAsync(context, settings), dependsOn: $"publish-{environment.Resource.Name}", requiredBy: WellKnownPipelineSteps.Publish);
        builder.Pipeline.AddStep("publish-floe", context => PublishAsync(context, charts), dependsOn: WellKnownPipelineSteps.PublishPrereq, requiredBy: WellKnownPipelineSteps.Publish);
        builder.AddPreflight();
        builder.AddDeployment(charts, settings);
        return environment;
    }

    private static Task ArrangeAsync(PipelineStepContext context, PublishSettings settings)
    {
        var output = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        var folder = AspireChartFolder.Arrange(output, context.Model.GetComputeResources().OfType<ProjectResource>().Select(project => (project.Name, ModelValues.ImageOf(project, settings).ToString())));
        context.Logger.LogInformation("Aspire's chart is in '{Folder}'", folder);
        return Task.CompletedTask;
    }

    private static async Task PublishAsync(PipelineStepContext context, ChartPublisher charts)
    {
        var files = new PublishedFiles(context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory());
        var notRendered = await charts.PublishAsync(files, context.Model, context.ExecutionContext, context.CancellationToken);
        foreach (var file in files.Names)
            context.Logger.LogInformation("{File}", file);
        if (notRendered is not null)
            context.Logger.LogWarning("The charts were not rendered, so there is no folder manifests: {Reason}", notRendered);
        context.Logger.LogInformation("{Count} files in '{Folder}'; what they are says summary.json", files.Names.Count, files.Folder);
    }
}
