using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using YamlDotNet.Serialization;

namespace Floe.Tests.Aspire.Surface;

#pragma warning disable ASPIREPIPELINES001, ASPIREPROBES001, ASPIRECOMPUTE002

public sealed class HelmChartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-chart-").FullName;

    private readonly string _projects = Directory.CreateTempSubdirectory("floe-project-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_projects, recursive: true);
    }

    [Fact]
    public async Task Values_have_three_roots_in_model_order_and_no_secret()
    {
        var chart = await PublishAsync(Street);
        Assert.Equal(["parameters", "secrets", "config"], TopKeys("values.yaml"));
        Assert.Equal(
            """
            parameters:
              seed_worker:
                port_http: 8080
                seed_worker_image: "seed-worker:latest"
            secrets:
              minio:
                minio_secret: ""
              seed_worker:
                ConnectionStrings__minio: ""
                minio_secret: ""
                ConnectionStrings__only: ""
                hidden: ""
            config:
              minio:
                MINIO_ROOT_USER: "floe"
              seed_worker:
                OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY: "in_memory"
                ASPNETCORE_FORWARDEDHEADERS_ENABLED: "true"
                HTTP_PORTS: ""
                MINIO_S3: "http://minio-service:9000"
                services__minio__s3__0: "http://minio-service:9000"
                region: ""
                level: "info"
                HARD: "a\"b\\c {{ d }}\n"
              cube:
                WORKER: ""

            """.ReplaceLineEndings("\n"), chart["values.yaml"]);
        Assert.All(chart.Values, text => Assert.DoesNotContain("TOP-SECRET", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_value_that_a_template_reads_exists_in_values()
    {
        var chart = await PublishAsync(Street);
        var values = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<string, Dictionary<string, object>>>>(chart["values.yaml"]);
        var paths = chart.Where(f => f.Key.StartsWith("templates", StringComparison.Ordinal)).SelectMany(f => Regex.Matches(f.Value, @"\.Values\.(\w+)\.(\w+)\.(\w+)").Cast<Match>()).ToList();
        Assert.NotEmpty(paths);
        Assert.All(paths, p => Assert.True(values[p.Groups[1].Value].TryGetValue(p.Groups[2].Value, out var keys) && keys.ContainsKey(p.Groups[3].Value), p.Value));
    }

    [Fact]
    public async Task Files_names_and_variables_follow_the_model()
    {
        var chart = await PublishAsync(Street);
        Assert.Equal(
            [
                "Chart.yaml", "templates/cube/config.yaml", "templates/cube/deployment.yaml", "templates/cube/service.yaml", "templates/minio/config.yaml", "templates/minio/deployment.yaml",
                "templates/minio/minio-data-pvc.yaml", "templates/minio/secrets.yaml", "templates/minio/service.yaml", "templates/seed-worker/config.yaml", "templates/seed-worker/deployment.yaml",
                "templates/seed-worker/extra-configmap.yaml", "templates/seed-worker/secrets.yaml", "templates/seed-worker/service.yaml", "values.yaml",
            ],
            chart.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("""WORKER: "http://seed-worker-service:{{ .Values.parameters.seed_worker.port_http }}" """.TrimEnd(), chart["templates/cube/config.yaml"], StringComparison.Ordinal);
        Assert.Contains("""HTTP_PORTS: "{{ .Values.parameters.seed_worker.port_http | int | toString }}" """.TrimEnd(), chart["templates/seed-worker/config.yaml"], StringComparison.Ordinal);
        Assert.Contains("HARD: {{ .Values.config.seed_worker.HARD | toJson }}\n", chart["templates/seed-worker/config.yaml"], StringComparison.Ordinal);
        Assert.Contains("""ConnectionStrings__minio: "Endpoint=http://minio-service:9000;SecretKey={{ .Values.secrets.seed_worker.minio_secret }};Region={{ .Values.config.seed_worker.region }}" """.TrimEnd(), chart["templates/seed-worker/secrets.yaml"], StringComparison.Ordinal);
        Assert.Contains("""ConnectionStrings__only: "Braces={{ `{{` }};Key={{ .Values.secrets.seed_worker.hidden | urlquery }}" """.TrimEnd(), chart["templates/seed-worker/secrets.yaml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workloads_are_written_in_the_publishers_form()
    {
        var worker = (await PublishAsync(Street))["templates/seed-worker/deployment.yaml"];
        Assert.StartsWith("---\napiVersion: \"apps/v1\"\nkind: \"Deployment\"\nmetadata:\n  name: \"seed-worker-deployment\"\n  labels:\n    app.kubernetes.io/name: \"{{ .Chart.Name }}\"\n", worker, StringComparison.Ordinal);
        Assert.Contains("containerPort: {{ .Values.parameters.seed_worker.port_http | int }}\n", worker, StringComparison.Ordinal);
        Assert.Contains("            httpGet:\n              scheme: \"HTTP\"\n              path: \"/health\"\n", worker, StringComparison.Ordinal);
        Assert.Contains("image: \"{{ .Values.parameters.seed_worker.seed_worker_image }}\"\n", worker, StringComparison.Ordinal);
        Assert.Contains("limits:\n              cpu: \"1\"\n", worker, StringComparison.Ordinal);
        Assert.EndsWith("  replicas: 2\n  revisionHistoryLimit: 3\n  strategy:\n    type: \"RollingUpdate\"\n    rollingUpdate:\n      maxSurge: 1\n      maxUnavailable: 1\n", worker, StringComparison.Ordinal);

        var chart = Read();
        Assert.Contains("persistentVolumeClaim:\n            claimName: \"minio-minio-data-pvc\"\n", chart["templates/minio/deployment.yaml"], StringComparison.Ordinal);
        Assert.Contains("  - \"aspire\"\n", chart["Chart.yaml"], StringComparison.Ordinal);
        Assert.EndsWith("appVersion: \"1.2.3\"\ndeprecated: false\n", chart["Chart.yaml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_model_gives_the_same_bytes_and_what_left_it_leaves_the_chart()
    {
        var first = await PublishAsync(Street);
        Directory.CreateDirectory(Path.Combine(_folder, "templates", "gone"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "templates", "gone", "deployment.yaml"), "old");
        var second = await PublishAsync(Street);
        Assert.Equal(first, second);
    }

    [Fact]
    public async Task Other_peoples_charts_are_not_touched()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "templates"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "Chart.yaml"), "name: mine\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "templates", "mine.yaml"), "mine");
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync(Street));
        Assert.Contains(_folder, error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(_folder, "templates", "mine.yaml")));
    }

    [Fact]
    public async Task With_a_dashboard_everything_sends_its_telemetry_there()
    {
        var chart = await PublishAsync((builder, k8s) => Street(builder, k8s.WithDashboard()));
        Assert.Contains("templates/k8s-dashboard/service.yaml", chart.Keys);
        Assert.Contains("    OTEL_EXPORTER_OTLP_ENDPOINT: \"http://k8s-dashboard-service:18889\"\n    OTEL_EXPORTER_OTLP_PROTOCOL: \"grpc\"\n    OTEL_SERVICE_NAME: \"seed-worker\"\n", chart["values.yaml"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_persistent_volume_makes_a_stateful_set_with_a_claim_of_its_own()
    {
        var chart = await PublishAsync((builder, k8s) =>
        {
            var volume = k8s.AddPersistentVolume("lake").WithCapacity("10Gi").WithAccessMode(PersistentVolumeAccessMode.ReadWriteMany);
            builder.AddContainer("store", "example/store", "1").WithVolume("data", "/data", isReadOnly: true).WithPersistentVolume(volume);
        });
        Assert.Contains("claimName: \"lake\"", chart["templates/store/statefulset.yaml"], StringComparison.Ordinal);
        Assert.Contains("fsGroup: 2000", chart["templates/store/statefulset.yaml"], StringComparison.Ordinal);
        Assert.Contains("readOnly: true", chart["templates/store/statefulset.yaml"], StringComparison.Ordinal);
        Assert.Contains("accessModes:\n    - \"ReadWriteMany\"\n  resources:\n    requests:\n      storage: \"10Gi\"\n", chart["templates/lake/pvc.yaml"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bind", "mounts the folder '/etc' of this machine")]
    [InlineData("anonymous", "has a volume without a name at '/x'")]
    [InlineData("argument", "holds a secret")]
    [InlineData("storage", "storage type 'tape'")]
    [InlineData("port", "must specify the TargetPort value")]
    [InlineData("variable", "environment variable 'a\"b', whose name Kubernetes refuses")]
    [InlineData("reference", "endpoint of 'away', which is not published")]
    public async Task What_a_cluster_cannot_do_is_refused_by_name(string what, string reason)
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync((builder, k8s) =>
        {
            var container = builder.AddContainer("thing", "example/thing", "1");
            switch (what)
            {
                case "bind": container.WithBindMount("/etc", "/x"); break;
                case "anonymous": container.WithVolume("/x"); break;
                case "argument": container.WithArgs(builder.AddParameter("token", "TOP-SECRET", secret: true)); break;
                case "storage": k8s.WithProperties(k => k.DefaultStorageType = "tape"); container.WithVolume("v", "/x"); break;
                case "variable": container.WithEnvironment("a\"b", "c"); break;
                case "port": container.WithEndpoint(name: "tcp"); break;
                case "reference": container.WithEnvironment("AWAY", builder.AddContainer("away", "example/away", "1").WithHttpEndpoint(targetPort: 80).ExcludeFromManifest().GetEndpoint("http")); break;
            }
        }));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("TOP-SECRET", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_environment_a_customization_is_an_error()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => PublishAsync((builder, _) =>
            builder.AddContainer("thing", "example/thing", "1").PublishAsKubernetesService(_ => { }), environment: false));
        Assert.Contains("add one with AddKubernetesEnvironment", error.Message, StringComparison.Ordinal);
    }

    private void Street(IDistributedApplicationBuilder builder, IResourceBuilder<KubernetesEnvironmentResource> k8s)
    {
        var secret = builder.AddParameter("minio-secret", "TOP-SECRET", secret: true);
        var hidden = builder.AddParameter("hidden", "TOP-SECRET", secret: true);
        var region = builder.AddParameter("region", "us-east-1");
        var level = builder.AddParameter("level", "info", publishValueAsDefault: true);
        var s3 = builder.AddContainer("minio", "example/minio", "1").WithHttpEndpoint(targetPort: 9000, name: "s3").WithArgs("server", "/data").WithVolume("minio-data", "/data")
            .WithEnvironment("MINIO_ROOT_USER", "floe").WithEnvironment("MINIO_ROOT_PASSWORD", secret).GetEndpoint("s3");
        var worker = builder.AddProject("seed-worker", ProjectFile()).WithReference(s3)
            .WithEnvironment("ConnectionStrings__minio", ReferenceExpression.Create($"Endpoint={s3};SecretKey={secret};Region={region}"))
            .WithEnvironment("ConnectionStrings__only", ReferenceExpression.Create($"Braces={{{{;Key={hidden:uri}"))
            .WithEnvironment("REGION", region).WithEnvironment("LEVEL", level).WithEnvironment("HARD", "a\"b\\c {{ d }}\n")
            .WithHttpProbe(ProbeType.Readiness, "/health").WithReplicas(2)
            .PublishAsKubernetesService(k =>
            {
                k.Workload!.PodTemplate.Spec.Containers[0].Resources = new ResourceRequirementsV1 { Limits = { ["cpu"] = "1" } };
                k.AdditionalResources.Add(new ConfigMap { Metadata = { Name = "extra" }, Data = { ["a"] = "b" } });
            });
        builder.AddContainer("cube", "example/cube", "1").WithHttpEndpoint(targetPort: 4000).WithEnvironment("WORKER", worker.GetEndpoint("http"));
    }

    private async Task<Dictionary<string, string>> PublishAsync(Action<IDistributedApplicationBuilder, IResourceBuilder<KubernetesEnvironmentResource>> model, bool environment = true)
    {
        var builder = DistributedApplication.CreateBuilder(["--operation", "publish", "--step", "publish", "--output-path", _folder]);
        var k8s = environment ? builder.AddKubernetesEnvironment("k8s") : builder.CreateResourceBuilder(new KubernetesEnvironmentResource("k8s"));
        model(builder, k8s.WithDashboard(false).WithProperties(k => k.DefaultStorageType = "pvc").WithHelm(h => h.WithChartName("street").WithChartVersion("1.2.3")));
        await using var app = builder.Build();
        var services = app.Services;
        await services.GetRequiredService<IDistributedApplicationPipeline>().ExecuteAsync(new PipelineContext(
            services.GetRequiredService<DistributedApplicationModel>(), services.GetRequiredService<DistributedApplicationExecutionContext>(), services, NullLogger.Instance, default));
        return Read();
    }

    private Dictionary<string, string> Read() =>
        Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(_folder, f).Replace('\\', '/'), File.ReadAllText);

    private IEnumerable<string> TopKeys(string file) => Read()[file].Split('\n').Where(l => l.Length > 0 && !l.StartsWith(' ')).Select(l => l.TrimEnd(':'));

    private string ProjectFile()
    {
        var project = Path.Combine(_projects, "Worker.csproj");
        Directory.CreateDirectory(Path.Combine(_projects, "Properties"));
        File.WriteAllText(project, "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");
        File.WriteAllText(Path.Combine(_projects, "Properties", "launchSettings.json"), """{"profiles":{"http":{"commandName":"Project","applicationUrl":"http://localhost:5000"}}}""");
        return project;
    }
}
