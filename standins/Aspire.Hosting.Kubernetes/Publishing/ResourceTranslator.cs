using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Makes the Kubernetes objects of one resource.</summary>
internal sealed class ResourceTranslator(
    KubernetesEnvironmentResource environment, HelmValues values, Func<IResource, IReadOnlyList<KubernetesPort>> portsOf, DistributedApplicationExecutionContext executionContext, ILogger logger)
{
    // What every project starts with; its ports belong right behind them.
    private static readonly string[] ProjectDefaults = ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "ASPNETCORE_FORWARDEDHEADERS_ENABLED"];

    public async Task<KubernetesResource> TranslateAsync(IResource resource, CancellationToken cancellationToken)
    {
        var kubernetes = new KubernetesResource($"{resource.Name}-{environment.Name}", resource, environment);
        var translator = new ValueTranslator(resource, values, portsOf);
        var ports = portsOf(resource);
        var container = new ContainerV1 { Name = HelmNames.Lower(resource.Name), Image = Image(resource), ImagePullPolicy = PullPolicy(resource) };

        var variables = new EnvironmentTranslator(resource, values, translator);
        foreach (var (name, value) in await VariablesAsync(resource, ports, cancellationToken).ConfigureAwait(false))
        {
            await variables.AddAsync(name, value, cancellationToken).ConfigureAwait(false);
        }

        kubernetes.ConfigMap = variables.ToConfigMap(kubernetes.Labels);
        kubernetes.Secret = variables.ToSecret(kubernetes.Labels);
        if (kubernetes.ConfigMap is not null)
        {
            container.EnvFrom.Add(new EnvFromSourceV1 { ConfigMapRef = new LocalObjectReferenceV1 { Name = kubernetes.ConfigMap.Metadata.Name } });
        }

        if (kubernetes.Secret is not null)
        {
            container.EnvFrom.Add(new EnvFromSourceV1 { SecretRef = new LocalObjectReferenceV1 { Name = kubernetes.Secret.Metadata.Name } });
        }

        if (resource is ContainerResource { Entrypoint: { Length: > 0 } entrypoint })
        {
            container.Command.Add(entrypoint);
        }

        container.Args.AddRange(await ArgumentsAsync(resource, translator, cancellationToken).ConfigureAwait(false));
        foreach (var port in Distinct(ports))
        {
            container.Ports.Add(new ContainerPortV1 { Name = HelmNames.Lower(port.Endpoint.Name), Protocol = port.Protocol, ContainerPort = port.Target.ToYaml() });
        }

        ProbeTranslator.Translate(resource, container, ports);
        kubernetes.Workload = NewWorkload(kubernetes, resource);
        var pod = kubernetes.Workload.PodTemplate.Spec;
        pod.Containers.Add(container);
        new VolumeTranslator(kubernetes, pod, container, logger).Translate();
        kubernetes.Service = NewService(kubernetes, resource, ports);
        return kubernetes;
    }

    private async Task<List<KeyValuePair<string, object>>> VariablesAsync(IResource resource, IReadOnlyList<KubernetesPort> ports, CancellationToken cancellationToken)
    {
        var context = new EnvironmentCallbackContext(executionContext, resource, cancellationToken: cancellationToken) { Logger = logger };
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>())
        {
            await annotation.Callback(context).ConfigureAwait(false);
        }

        // Inside the cluster a project serves http only: service discovery must not offer its https endpoint.
        List<KeyValuePair<string, object>> variables =
        [
            .. context.EnvironmentVariables.Where(v => !(v.Key.StartsWith("services__", StringComparison.Ordinal) && v.Value is EndpointReference { Resource: ProjectResource, Scheme: "https" })),
        ];
        AddListeningPorts(resource, ports, variables);
        AddTelemetry(resource, variables);
        return variables;
    }

    private static void AddListeningPorts(IResource resource, IReadOnlyList<KubernetesPort> ports, List<KeyValuePair<string, object>> variables)
    {
        List<KubernetesPort> http = [.. Distinct([.. ports.Where(p => p.Endpoint.UriScheme == "http")])];
        if (resource is not ProjectResource || http.Count == 0 || variables.Exists(v => v.Key is "HTTP_PORTS" or "ASPNETCORE_HTTP_PORTS" or "ASPNETCORE_URLS"))
        {
            return;
        }

        var text = http is [var only] ? only.Target.AsText : string.Join(';', http.Select(p => p.Target.AsText));
        variables.Insert(variables.FindLastIndex(v => ProjectDefaults.Contains(v.Key)) + 1, new("HTTP_PORTS", new ChartText(text, http.Exists(p => p.Target.IsTemplate))));
    }

    private void AddTelemetry(IResource resource, List<KeyValuePair<string, object>> variables)
    {
        if (!environment.DashboardEnabled || !resource.HasAnnotationOfType<OtlpExporterAnnotation>())
        {
            return;
        }

        foreach (var variable in KubernetesDashboard.TelemetryFor(environment, resource).Where(t => !variables.Exists(v => v.Key == t.Key)))
        {
            variables.Add(variable);
        }
    }

    private async Task<IEnumerable<string>> ArgumentsAsync(IResource resource, ValueTranslator translator, CancellationToken cancellationToken)
    {
        List<object> arguments = [];
        foreach (var annotation in resource.Annotations.OfType<CommandLineArgsCallbackAnnotation>())
        {
            await annotation.Callback(new CommandLineArgsCallbackContext(arguments, resource, cancellationToken) { ExecutionContext = executionContext, Logger = logger }).ConfigureAwait(false);
        }

        List<string> texts = [];
        foreach (var argument in arguments)
        {
            var text = await translator.TranslateAsync(argument, cancellationToken).ConfigureAwait(false);
            if (text.IsSecret)
            {
                throw new DistributedApplicationException($"An argument of resource '{resource.Name}' holds a secret, which would stand in clear in the pod's definition; give it as an environment variable.");
            }

            // Helm resolves templates before Kubernetes sees the argument; literal braces must survive it.
            texts.Add(text.IsTemplate ? text.Text : HelmText.Escape(text.Text));
        }

        return texts;
    }

    private Workload NewWorkload(KubernetesResource kubernetes, IResource resource)
    {
        var replicas = resource.GetReplicaCount();
        var selector = new LabelSelectorV1(kubernetes.Labels);
        var template = new PodTemplateSpecV1();
        EnvironmentTranslator.Copy(kubernetes.Labels, template.Metadata.Labels);
        if (resource is IResourceWithConnectionString || resource.HasAnnotationOfType<PersistentVolumeMountAnnotation>())
        {
            return new StatefulSet
            {
                Metadata = EnvironmentTranslator.Metadata(HelmNames.StatefulSet(resource.Name), kubernetes.Labels),
                Spec = new StatefulSetSpecV1 { Template = template, Selector = selector, Replicas = replicas },
            };
        }

        return new Deployment
        {
            Metadata = EnvironmentTranslator.Metadata(HelmNames.Deployment(resource.Name), kubernetes.Labels),
            Spec = new DeploymentSpecV1
            {
                Template = template,
                Selector = selector,
                Replicas = replicas,
                RevisionHistoryLimit = 3,
                Strategy = new DeploymentStrategyV1 { Type = "RollingUpdate", RollingUpdate = new RollingUpdateDeploymentV1 { MaxSurge = 1, MaxUnavailable = 1 } },
            },
        };
    }

    private Service? NewService(KubernetesResource kubernetes, IResource resource, IReadOnlyList<KubernetesPort> ports)
    {
        if (ports.Count == 0)
        {
            return null;
        }

        var service = new Service { Metadata = EnvironmentTranslator.Metadata(HelmNames.Service(resource.Name), kubernetes.Labels) };
        service.Spec.Type = environment.DefaultServiceType;
        EnvironmentTranslator.Copy(kubernetes.Labels, service.Spec.Selector);
        foreach (var port in Distinct(ports))
        {
            service.Spec.Ports.Add(new ServicePortV1 { Name = HelmNames.Lower(port.Endpoint.Name), Protocol = port.Protocol, Port = port.Public.ToYaml(), TargetPort = port.Target.ToYaml() });
        }

        return service;
    }

    private string Image(IResource resource)
    {
        if (resource is not ProjectResource && !resource.HasAnnotationOfType<DockerfileBuildAnnotation>() && resource.TryGetContainerImageName(out var image))
        {
            return image;
        }

        return $"{{{{ {values.Set(HelmValues.Parameters, resource.Name, $"{resource.Name}_image", $"{HelmNames.Lower(resource.Name)}:latest")} }}}}";
    }

    private string PullPolicy(IResource resource) =>
        !resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var policy) ? environment.DefaultImagePullPolicy : policy.ImagePullPolicy switch
        {
            ImagePullPolicy.Always => "Always",
            ImagePullPolicy.Missing => "IfNotPresent",
            ImagePullPolicy.Never => "Never",
            _ => environment.DefaultImagePullPolicy,
        };

    private static IEnumerable<KubernetesPort> Distinct(IReadOnlyList<KubernetesPort> ports) => ports.DistinctBy(p => (p.Target, p.Protocol));
}
