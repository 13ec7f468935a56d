using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Publishes the resources of an environment as a Helm chart, in two steps: make the objects, write the files.</summary>
internal sealed class KubernetesPublisher(KubernetesEnvironmentResource environment)
{
    private readonly HelmValues _values = new();
    private readonly List<KubernetesResource> _resources = [];
    private readonly Dictionary<IResource, IReadOnlyList<KubernetesPort>> _ports = [];

    public IEnumerable<PipelineStep> CreateSteps() =>
    [
        new()
        {
            Name = $"prepare-deployment-targets-{environment.Name}",
            Description = $"Makes the Kubernetes objects for {environment.Name}",
            Action = PrepareAsync,
            DependsOnSteps = [WellKnownPipelineSteps.ProcessParameters],
            RequiredBySteps = [WellKnownPipelineSteps.BeforeStart],
        },
        new()
        {
            Name = $"publish-{environment.Name}",
            Description = $"Writes the Helm chart for {environment.Name}",
            Action = PublishAsync,
            DependsOnSteps = [WellKnownPipelineSteps.PublishPrereq],
            RequiredBySteps = [WellKnownPipelineSteps.Publish],
        },
    ];

    private async Task PrepareAsync(PipelineStepContext context)
    {
        List<IResource> published = [.. context.Model.GetComputeResources().Where(r => r.GetComputeEnvironment() is not { } chosen || chosen == environment)];
        if (environment.DashboardEnabled)
        {
            published.Add(KubernetesDashboard.Create(environment));
        }

        // Ports first and in model order: references may point forwards.
        foreach (var resource in published)
        {
            _ports[resource] = KubernetesPort.Of(resource, _values);
        }

        var translator = new ResourceTranslator(environment, _values, PortsOf, context.ExecutionContext, context.Logger);
        foreach (var resource in published)
        {
            context.Logger.LogInformation("Creating Kubernetes resource for {Resource}", resource.Name);
            var kubernetes = await translator.TranslateAsync(resource, context.CancellationToken).ConfigureAwait(false);
            Customize(resource, kubernetes);
            resource.Annotations.Add(new DeploymentTargetAnnotation(kubernetes) { ComputeEnvironment = environment });
            _resources.Add(kubernetes);
        }
    }

    private async Task PublishAsync(PipelineStepContext context)
    {
        var output = context.Services.GetRequiredService<IPipelineOutputService>();
        var several = context.Model.Resources.OfType<IComputeEnvironmentResource>().Skip(1).Any();
        var folder = several ? output.GetOutputDirectory(environment) : output.GetOutputDirectory();
        var application = context.Services.GetRequiredService<IHostEnvironment>().ApplicationName;
        var chart = new HelmChart
        {
            Name = await TextAsync(environment.Helm.ChartName, context).ConfigureAwait(false) ?? HelmNames.Chart(application),
            Version = await TextAsync(environment.Helm.ChartVersion, context).ConfigureAwait(false) ?? "0.1.0",
            Description = await TextAsync(environment.Helm.ChartDescription, context).ConfigureAwait(false) ?? "Aspire Helm Chart",
        };

        context.Logger.LogInformation("Generating Kubernetes output");
        await new HelmChartWriter(folder).WriteAsync(chart, _values, _resources, SharedVolumes(context.Model), context.CancellationToken).ConfigureAwait(false);
        context.Logger.LogInformation("Successfully generated Kubernetes output in '{Folder}'", folder);
    }

    private IReadOnlyList<KubernetesPort> PortsOf(IResource resource)
    {
        if (!_ports.TryGetValue(resource, out var ports))
        {
            throw new DistributedApplicationException($"The published model refers to an endpoint of '{resource.Name}', which is not published to '{environment.Name}'; publish it too, or refer to it in run mode only.");
        }

        return ports;
    }

    private static void Customize(IResource resource, KubernetesResource kubernetes)
    {
        foreach (var annotation in resource.Annotations.OfType<KubernetesServiceCustomizationAnnotation>())
        {
            annotation.Configure(kubernetes);
        }

        foreach (var additional in kubernetes.AdditionalResources)
        {
            foreach (var (key, value) in kubernetes.Labels)
            {
                additional.Metadata.Labels.TryAdd(key, value);
            }
        }
    }

    private IEnumerable<(string, BaseKubernetesResource)> SharedVolumes(DistributedApplicationModel model)
    {
        foreach (var volume in model.Resources.OfType<KubernetesPersistentVolumeResource>().Where(v => v.Parent == environment))
        {
            var name = HelmNames.Volume(volume.Name);
            Dictionary<string, string> labels = new()
            {
                ["app.kubernetes.io/name"] = "{{ .Chart.Name }}",
                ["app.kubernetes.io/component"] = volume.Name,
                ["app.kubernetes.io/instance"] = "{{ .Release.Name }}",
            };
            yield return (Path.Combine(name, "pvc.yaml"), VolumeTranslator.NewClaim(
                name,
                volume.StorageClass ?? environment.DefaultStorageClassName,
                volume.AccessMode?.ToString() ?? environment.DefaultStorageReadWritePolicy,
                volume.Capacity ?? environment.DefaultStorageSize,
                labels));
        }
    }

    private static async ValueTask<string?> TextAsync(ReferenceExpression? text, PipelineStepContext context) =>
        text is null ? null : await text.GetValueAsync(context.CancellationToken).ConfigureAwait(false);
}
