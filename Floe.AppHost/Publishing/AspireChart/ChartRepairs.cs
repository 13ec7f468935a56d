using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using KubernetesDeployment = Aspire.Hosting.Kubernetes.Resources.Deployment;
using Floe.AppHost.Publishing.Clusters;

namespace Floe.AppHost.Publishing.AspireChart;

/// <summary>
/// What Aspire's Kubernetes publisher leaves out or gets wrong, put right through its own door, <c>PublishAsKubernetesService</c>: probes and their
/// scheme, requests and limits, the order of the start, databases, the services of StatefulSets, updates without a gap, and where traces go.
/// </summary>
internal sealed class ChartRepairs
{
    private const string Wait = "/bin/bash";
    private const string DatabasesVolume = "databases";

    // A job becomes an init container of whoever waits for its completion: the publisher knows no Job.
    private readonly Dictionary<IResource, ContainerV1> _jobs = [];

    /// <summary>Repairs every resource that is in the model now.</summary>
    public static void Apply(IDistributedApplicationBuilder builder)
    {
        var repairs = new ChartRepairs();
        var awaited = builder.Resources.SelectMany(r => r.Annotations.OfType<WaitAnnotation>()).Where(w => w.WaitType == WaitType.WaitForCompletion).Select(w => w.Resource).ToHashSet();
        foreach (var resource in builder.Resources.OfType<IComputeResource>().ToList())
            builder.CreateResourceBuilder(resource).PublishAsKubernetesService(kubernetes => repairs.Repair(resource, kubernetes, isJob: awaited.Contains(resource)));
    }

    private void Repair(IResource resource, KubernetesResource kubernetes, bool isJob)
    {
        var workload = kubernetes.Workload ?? throw new DistributedApplicationException($"Aspire publishes no workload for '{resource.Name}', so Floe's repairs of its chart have nothing to work on.");
        var pod = workload.PodTemplate.Spec;
        var container = pod.Containers[0];
        container.Resources = Sizes(resource);
        if (isJob)
        {
            _jobs[resource] = container;
            kubernetes.Workload = null;
            return;
        }
        AddProbes(resource, container);
        AddWaits(resource, pod);
        AddTelemetry(resource, kubernetes);
        if (resource is PostgresServerResource { Databases.Count: > 0 } postgres)
            AddDatabases(postgres, kubernetes, pod, container);
        foreach (var file in resource.Annotations.OfType<ConfigFileAnnotation>())
            AddConfigFile(resource, file, kubernetes, pod, container);
        switch (workload)
        {
            case StatefulSet set:
                // Required by the API up to 1.32, and by the pods' own names.
                set.Spec.ServiceName = kubernetes.Service?.Metadata.Name;
                break;
            case KubernetesDeployment { Spec.Strategy.RollingUpdate: { } update }:
                // A new pod is ready before the old one goes.
                update.MaxUnavailable = 0;
                break;
        }
        // Without it a changed ConfigMap restarts nothing.
        if (kubernetes.ConfigMap is not null)
            workload.PodTemplate.Metadata.Annotations["checksum/config"] = $"{{{{ include (print $.Template.BasePath `/{resource.Name.ToLowerInvariant()}/config.yaml`) . | sha256sum }}}}";
    }

    private static ResourceRequirementsV1 Sizes(IResource resource)
    {
        var sizes = ComponentSizes.Of(resource, ResourcePreset.Small);
        return new()
        {
            Requests = { ["cpu"] = sizes.Requests.Cpu, ["memory"] = sizes.Requests.Memory },
            Limits = { ["cpu"] = sizes.Limits.Cpu, ["memory"] = sizes.Limits.Memory },
        };
    }

    private static void AddProbes(IResource resource, ContainerV1 container)
    {
        if (resource is PostgresServerResource)
        {
            var asks = new ExecActionV1 { Command = { "/bin/sh", "-c", "exec pg_isready --quiet --host 127.0.0.1 --username \"$POSTGRES_USER\"" } };
            container.StartupProbe = Probe(period: 5, failures: 24, exec: asks);
            container.ReadinessProbe = Probe(period: 5, failures: 3, exec: asks);
            container.LivenessProbe = Probe(period: 8, failures: 3, exec: asks);
        }
        else if (resource.Annotations.OfType<HealthPathsAnnotation>().LastOrDefault() is { } health)
        {
            container.StartupProbe = Probe(period: 5, failures: 36, http: Get(health.Live, health.EndpointName));
            container.ReadinessProbe = Probe(period: 5, failures: 3, http: Get(health.Ready, health.EndpointName));
            container.LivenessProbe = Probe(period: 8, failures: 3, http: Get(health.Live, health.EndpointName));
        }
        // Aspire writes the endpoint's scheme as it is; Kubernetes accepts upper case only.
        foreach (var probe in new[] { container.StartupProbe, container.ReadinessProbe, container.LivenessProbe })
            if (probe?.HttpGet is { } get)
                get.Scheme = get.Scheme?.ToUpperInvariant() ?? "HTTP";
    }

    private static HttpGetActionV1 Get(string path, string port) => new() { Scheme = "HTTP", Path = path, Port = new Int32OrStringV1(port.ToLowerInvariant()) };

    private static ProbeV1 Probe(int period, int failures, HttpGetActionV1? http = null, ExecActionV1? exec = null) =>
        new() { PeriodSeconds = period, TimeoutSeconds = 4, FailureThreshold = failures, SuccessThreshold = 1, HttpGet = http, Exec = exec };

    private void AddWaits(IResource resource, PodSpecV1 pod)
    {
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
        {
            var awaited = wait.Resource is IResourceWithParent { Parent: { } parent } ? parent : wait.Resource;
            if (wait.WaitType == WaitType.WaitForCompletion)
            {
                AddWaits(wait.Resource, pod);
                pod.InitContainers.Add(_jobs.GetValueOrDefault(wait.Resource)
                    ?? throw new DistributedApplicationException($"'{resource.Name}' waits for the completion of '{wait.Resource.Name}', which is published after it; add '{wait.Resource.Name}' to the model first."));
            }
            else if (awaited.Annotations.OfType<EndpointAnnotation>().FirstOrDefault() is { } endpoint && pod.InitContainers.All(c => c.Name != $"wait-for-{awaited.Name}"))
            {
                pod.InitContainers.Add(WaitFor(awaited.Name.ToLowerInvariant(), endpoint.Port ?? endpoint.TargetPort ?? 8080));
            }
        }
    }

    // A service takes connections when one of its pods is ready.
    private static ContainerV1 WaitFor(string name, int port) => new()
    {
        Name = $"wait-for-{name}",
        Image = $"{Postgres.PostgresContainerImageTags.Registry}/{Postgres.PostgresContainerImageTags.Image}:{Postgres.PostgresContainerImageTags.Tag}",
        ImagePullPolicy = "IfNotPresent",
        Command = { Wait, "-c" },
        Args = { $"until (exec 3<>/dev/tcp/{name}-service/{port}) 2>/dev/null; do echo waiting for {name}-service:{port}; sleep 2; done" },
        Resources = new() { Requests = { ["cpu"] = "10m", ["memory"] = "16Mi" }, Limits = { ["cpu"] = "100m", ["memory"] = "64Mi" } },
    };

    /// <summary>Aspire creates databases when it runs the application; in a cluster the server does it on an empty volume.</summary>
    private static void AddDatabases(PostgresServerResource postgres, KubernetesResource kubernetes, PodSpecV1 pod, ContainerV1 container)
    {
        var name = $"{postgres.Name.ToLowerInvariant()}-databases";
        kubernetes.AdditionalResources.Add(new ConfigMap
        {
            Metadata = { Name = name },
            Data = { ["databases.sql"] = string.Concat(postgres.Databases.Values.Select(database => $"CREATE DATABASE \"{database}\";\n")) },
        });
        pod.Volumes.Add(new VolumeV1 { Name = DatabasesVolume, ConfigMap = new() { Name = name } });
        container.VolumeMounts.Add(new VolumeMountV1 { Name = DatabasesVolume, MountPath = "/docker-entrypoint-initdb.d", ReadOnly = true });
    }

    private static void AddConfigFile(IResource resource, ConfigFileAnnotation file, KubernetesResource kubernetes, PodSpecV1 pod, ContainerV1 container)
    {
        var key = Path.GetFileName(file.Target);
        var name = $"{resource.Name.ToLowerInvariant()}-files";
        kubernetes.AdditionalResources.Add(new ConfigMap { Metadata = { Name = name }, Data = { [key] = File.ReadAllText(file.Source) } });
        pod.Volumes.Add(new VolumeV1 { Name = name, ConfigMap = new() { Name = name } });
        container.VolumeMounts.Add(new VolumeMountV1 { Name = name, MountPath = file.Target, SubPath = key, ReadOnly = true });
    }

    private static void AddTelemetry(IResource resource, KubernetesResource kubernetes)
    {
        if (kubernetes.ConfigMap is not { } config || !resource.Annotations.OfType<OtlpExporterAnnotation>().Any())
            return;
        config.Data["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://jaeger-service:4317";
        config.Data["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc";
        config.Data["OTEL_SERVICE_NAME"] = resource.Name;
    }
}
