using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Refuses models that no Kubernetes environment can publish as they are meant.</summary>
internal static class KubernetesValidation
{
    private const string StepName = "validate-kubernetes";

    /// <summary>Adds the check to the pipeline, once.</summary>
    public static void AddStep(IDistributedApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(Marker)))
        {
            return;
        }

        builder.Services.AddSingleton(new Marker());
        builder.Pipeline.AddStep(StepName, Validate, dependsOn: WellKnownPipelineSteps.BeforeStart, requiredBy: WellKnownPipelineSteps.PublishPrereq);
    }

    private static Task Validate(PipelineStepContext context)
    {
        List<KubernetesEnvironmentResource> environments = [.. context.Model.Resources.OfType<KubernetesEnvironmentResource>()];
        foreach (var resource in context.Model.GetComputeResources())
        {
            if (environments.Count == 0 && resource.HasAnnotationOfType<KubernetesServiceCustomizationAnnotation>())
            {
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' is configured with PublishAsKubernetesService, but the model has no Kubernetes environment; add one with AddKubernetesEnvironment.");
            }

            if (environments.Count > 1 && resource.GetComputeEnvironment() is null)
            {
                throw new DistributedApplicationException(
                    $"Resource '{resource.Name}' names no compute environment, but the model has {environments.Count} ({string.Join(", ", environments.Select(e => e.Name))}); choose one with WithComputeEnvironment.");
            }
        }

        return Task.CompletedTask;
    }

    private sealed class Marker;
}
