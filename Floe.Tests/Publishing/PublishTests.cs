using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;
using Floe.Tests.Kubernetes;

namespace Floe.Tests.Publishing;

/// <summary>What <c>aspire publish</c> writes, seen from the outside: the files, the objects, and that pods get what a run gives.</summary>
public sealed class PublishTests(Published published) : IClassFixture<Published>
{
    private static readonly string[] s_charts = ["floe-infrastructure", "floe-worker", "floe-cube"];

    // What a pod has and the model does not state: settings of the charts with the services' own defaults, and what the credentials are put together from.
    private static readonly Regex s_ofTheCharts = new(
        "^(CREDENTIAL_|OTEL_|QUARKUS_OTEL_|Maintenance__|Schedule__|Generation__|Bootstrap__|Cube__|CubePage__|CubeSql__|CUBEJS_|Lakehouse__CacheMegabytes$|FLOE_CATALOG_|DOTNET_EnableDiagnostics$|HTTP_PORTS$|ASPNETCORE_FORWARDEDHEADERS_ENABLED$|HOME$|PGDATA$|POSTGRES_|JAVA_|NODE_)");

    // Aspire's chart has no mounts for Cube, so its CubeProxy stays with its own engine.
    private const string NotInAspiresChart = "Floe__Cube__";

    [SkippableFact]
    public void Everything_is_listed_small_and_without_a_secret()
    {
        _ = published.Helm;
        var summary = JsonNode.Parse(File.ReadAllText(Path.Combine(published.Folder, "summary.json")))!;
        var listed = summary["files"]!.AsArray().Select(f => f!["name"]!.ToString()).Order(StringComparer.Ordinal).ToList();
        var there = Directory.EnumerateFiles(published.Folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(published.Folder, f).Replace('\\', '/'))
            .Where(f => f != "summary.json" && !f.StartsWith("aspire/", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(there, listed);
        Assert.Equal(s_charts.SelectMany(c => new[] { $"helm/local/{c}.yaml", $"manifests/local/{c}.yaml" }).Order(StringComparer.Ordinal), listed.Where(f => !f.StartsWith("artifacts/", StringComparison.Ordinal)));
        Assert.True(Directory.EnumerateFiles(Path.Combine(published.Folder, "helm"), "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length) < 1_000_000);
        Assert.All(listed.Where(f => f.StartsWith("helm/", StringComparison.Ordinal)), f => Assert.Empty(CredentialGuard.Inspect(Yaml.Read(f, File.ReadAllText(Path.Combine(published.Folder, f))))));
        Assert.Empty(ShippedSchemas.CompiledArtifacts.Validate(JsonNode.Parse(File.ReadAllText(Path.Combine(published.Folder, "artifacts", "compiled-artifacts.json")))));
    }

    [SkippableFact]
    public async Task A_second_publish_gives_the_same_bytes_and_takes_away_what_is_gone()
    {
        _ = published.Helm;
        var again = Directory.CreateTempSubdirectory("floe-published-").FullName;
        try
        {
            var clusters = Path.Combine(RenderedCharts.Source, "..", "docs", "examples", "clusters.yaml");
            var folder = Path.Combine(again, "out");
            await published.PublishAsync(folder, $"--Floe:Publish:ClustersFile={clusters}", "--Floe:Publish:Environments=dev,prod");
            var (dev, prod) = (File.ReadAllText(Path.Combine(folder, "manifests", "dev", "floe-cube.yaml")), File.ReadAllText(Path.Combine(folder, "manifests", "prod", "floe-cube.yaml")));
            Assert.DoesNotContain("NetworkPolicy", dev, StringComparison.Ordinal);
            Assert.Contains("NetworkPolicy", prod, StringComparison.Ordinal);
            Assert.Contains("memory: 4Gi", prod, StringComparison.Ordinal);
            await published.PublishAsync(folder);
            Assert.Equal(Contents(published.Folder), Contents(folder));
        }
        finally
        {
            Directory.Delete(again, recursive: true);
        }

        static Dictionary<string, string> Contents(string folder) =>
            Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => Path.GetRelativePath(folder, f), File.ReadAllText);
    }

    [SkippableFact]
    public async Task Aspires_chart_is_clean_for_helm_and_for_kubernetes()
    {
        var lint = await published.Helm.SucceedAsync("lint", "--strict", Path.Combine(published.Folder, "aspire"));
        Assert.DoesNotContain("[WARNING]", lint, StringComparison.Ordinal);
        Assert.Empty(published.Rendered["aspire"].Breaches);
    }

    [SkippableFact]
    public void Aspires_chart_has_none_of_the_publishers_gaps()
    {
        _ = published.Helm;
        var objects = published.Rendered["aspire"].Objects;
        var pods = PodTemplate.Of(objects).ToList();
        Assert.Equal(
            ["cube-deployment", "cubeproxy-deployment", "jaeger-deployment", "marquez-deployment", "marquez-web-deployment", "minio-statefulset", "polaris-statefulset", "postgres-statefulset", "seedworker-deployment"],
            pods.Select(p => p.Owner["metadata"]!["name"]!.ToString()).Order(StringComparer.Ordinal));
        foreach (var pod in pods)
        {
            Assert.All(pod.Containers, c => Assert.Equal(["cpu", "memory"], c["resources"]!["requests"]!.AsObject().Select(r => r.Key).Intersect(c["resources"]!["limits"]!.AsObject().Select(r => r.Key))));
            Assert.All(pod.Containers, c => Assert.DoesNotMatch(":latest$|^[^/]+$", c["image"]!.ToString()));
            Assert.All(pod.Main, c => Assert.True(c["readinessProbe"] is not null && c["livenessProbe"] is not null, $"{pod.Name} has no probes"));
            Assert.All(pod.Main.SelectMany(c => new[] { c["readinessProbe"], c["livenessProbe"], c["startupProbe"] }).Where(p => p?["httpGet"] is not null), p => Assert.Equal("HTTP", p!["httpGet"]!["scheme"]!.ToString()));
            Assert.DoesNotContain(pod.Volumes, v => v["emptyDir"] is not null);
            // Every named port of a probe is one of the container's.
            Assert.All(pod.Main, c => Assert.Contains(c["readinessProbe"]!["httpGet"]?["port"]?.ToString() ?? "tcp", PodTemplate.Items(c["ports"]).Select(p => p["name"]!.ToString())));
        }
        Assert.All(published.Rendered["aspire"].OfKind("StatefulSet"), s => Assert.Contains(s["spec"]!["serviceName"]!.ToString(), published.Rendered["aspire"].OfKind("Service").Select(o => o["metadata"]!["name"]!.ToString())));
        Assert.All(published.Rendered["aspire"].OfKind("Deployment"), d => Assert.Equal("0", d["spec"]!["strategy"]!["rollingUpdate"]!["maxUnavailable"]!.ToString()));
        Assert.Equal(["wait-for-postgres", "polaris-bootstrap"], Init("polaris"));
        Assert.Equal(["wait-for-postgres", "wait-for-polaris", "wait-for-minio"], Init("seedworker"));
        Assert.Equal(
            "CREATE DATABASE \"polaris\";\nCREATE DATABASE \"floe\";\nCREATE DATABASE \"marquez\";\n",
            published.Rendered["aspire"].Get("ConfigMap", "postgres-databases")["data"]!["databases.sql"]!.ToString());
        // The file that Marquez' variable names is there.
        var marquez = pods.Single(p => p.Name == "Deployment/marquez-deployment");
        var config = PodVariables.Of(marquez.Main.Single(), objects)["MARQUEZ_CONFIG"];
        var mount = PodTemplate.Items(marquez.Main.Single()["volumeMounts"]).Single(m => m["mountPath"]!.ToString() == config);
        var map = marquez.Volumes.Single(v => v["name"]!.ToString() == mount["name"]!.ToString())["configMap"]!["name"]!.ToString();
        Assert.Contains("${POSTGRES_PASSWORD}", published.Rendered["aspire"].Get("ConfigMap", map)["data"]![mount["subPath"]!.ToString()]!.ToString(), StringComparison.Ordinal);

        IEnumerable<string> Init(string resource) =>
            PodTemplate.Items(pods.Single(p => p.Owner["metadata"]!["name"]!.ToString().StartsWith($"{resource}-", StringComparison.Ordinal)).Spec["initContainers"]).Select(c => c["name"]!.ToString());
    }

    /// <summary>Images, ports and environment of the pods are those that the AppHost gives its containers when it runs them.</summary>
    [SkippableFact]
    public async Task Pods_get_what_a_run_gives()
    {
        _ = published.Helm;
        var runtime = Path.Combine(Directory.CreateTempSubdirectory("floe-runtime-").FullName, "runtime");
        try
        {
            // The model is built as for a run with containers, and not started: all that is asked of the runtime is whether it answers.
            ScriptedProgram.Make(runtime, "exit 0");
            await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Floe_AppHost>(["--Floe:Services=containers", $"--ASPIRE_CONTAINER_RUNTIME={runtime}"]);
            await using var app = await builder.BuildAsync();
            List<string> differences = [];
            var compared = 0;
            foreach (var resource in builder.Resources.Where(r => r is ContainerResource or ProjectResource))
            {
                compared++;
                var name = resource.Name;
                await CompareAsync(resource, "aspire", FindContainer(published.Rendered["aspire"], name), r => $"{r}-service", strict: true);
                var chart = s_charts.Single(c => FindContainer(published.Rendered[c], name) is not null);
                await CompareAsync(resource, chart, FindContainer(published.Rendered[chart], name), r => $"{s_charts.First(c => FindContainer(published.Rendered[c], r) is not null)}-{r}", strict: false);
            }
            Assert.Equal(10, compared);
            Assert.True(differences.Count == 0, string.Join('\n', differences));

            async Task CompareAsync(IResource resource, string chart, JsonObject? container, Func<string, string> host, bool strict)
            {
                var where = $"{chart} {resource.Name}";
                Assert.True(container is not null, $"{where}: no container");
                if (resource is ContainerResource && resource.Annotations.OfType<ContainerImageAnnotation>().Last() is var image && $"{image.Registry}/{image.Image}:{image.Tag}" is var full && container["image"]!.ToString() != full)
                    differences.Add($"{where}: image {container["image"]}, but a run has {full}");

                var ports = PodTemplate.Items(container["ports"]).Select(p => $"{p["containerPort"]}").Order(StringComparer.Ordinal).ToList();
                var expected = resource.Annotations.OfType<EndpointAnnotation>().Select(e => $"{ModelVariables.PortOf(e)}").Order(StringComparer.Ordinal).ToList();
                if (!expected.SequenceEqual(ports))
                    differences.Add($"{where}: ports {string.Join(", ", ports)}, but a run has {string.Join(", ", expected)}");

                var given = PodVariables.Of(container, published.Rendered[chart].Objects);
                var model = await ModelVariables.OfAsync(resource, builder.ExecutionContext, host);
                foreach (var (variable, value) in model.Where(v => !IsOfTheRun(v.Key) && !(strict && v.Key.StartsWith(NotInAspiresChart, StringComparison.Ordinal))))
                    if (!given.TryGetValue(variable, out var actual))
                        differences.Add($"{where}: {variable} is missing, a run has '{value}'");
                    else if (Normal(actual) != Normal(value))
                        differences.Add($"{where}: {variable} is '{actual}', a run has '{value}'");
                foreach (var variable in given.Keys.Where(v => !model.ContainsKey(v) && !(strict ? IsOfTheRun(v) || v is "CubeSql__Address" : s_ofTheCharts.IsMatch(v))))
                    differences.Add($"{where}: {variable} is '{given[variable]}', and a run does not have it");
            }
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(runtime)!, recursive: true);
        }
    }

    // What belongs to the process on this machine: its URLs, its diagnostics, where its telemetry and its backups go.
    private static bool IsOfTheRun(string variable) => variable.StartsWith("OTEL_", StringComparison.Ordinal) || variable.StartsWith("LOGGING__", StringComparison.Ordinal)
        || variable is "ASPNETCORE_URLS" or "ASPNETCORE_ENVIRONMENT" or "DOTNET_ENVIRONMENT" or "DOTNET_LAUNCH_PROFILE" or "DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION" or "HTTP_PORTS" or "ASPNETCORE_FORWARDEDHEADERS_ENABLED" or "Backup__Directory" or "Telemetry__TracesAlsoTo" or "CubePage__Token"
        // The catalog's name of the store, where the worker is no container as they are.
        or "Bootstrap__CatalogStoreEndpoint"
        // For the dashboard's command Verify, and a cluster has no dashboard.
        or "Evidence__CubeUrl";

    // In a chart the store's user comes out of the secret too, and the parts of a connection string have no order.
    private static string Normal(string value) => string.Join(';', Uri.UnescapeDataString(value).Replace("{minio-user}", "floe", StringComparison.Ordinal).Split(';').Order(StringComparer.Ordinal));

    /// <summary>The container of a resource; a job of the model may have become an init container.</summary>
    private static JsonObject? FindContainer(Rendering rendering, string resource)
    {
        var (pod, container) = resource switch { "polaris-bootstrap" => ("polaris", rendering.Chart == "aspire" ? "polaris-bootstrap" : "bootstrap"), _ => (resource, resource) };
        return PodTemplate.Of(rendering.Objects)
            .Where(p => Regex.IsMatch(p.Owner["metadata"]!["name"]!.ToString(), $"^(floe-[a-z]+-)?{pod}(-deployment|-statefulset)?$"))
            .SelectMany(p => p.Containers).FirstOrDefault(c => c["name"]!.ToString() == container);
    }
}
