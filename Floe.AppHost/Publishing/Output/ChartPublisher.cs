using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Model;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;
using Floe.AppHost.Tools;

namespace Floe.AppHost.Publishing.Output;

/// <summary>Writes what Floe's charts need: artifacts, values per environment and chart, and the objects rendered from them.</summary>
internal sealed class ChartPublisher(PublishSettings settings, string dbtProject)
{
    /// <summary>Floe's charts in the order in which they are installed.</summary>
    public static IReadOnlyList<string> ChartNames { get; } = ["floe-infrastructure", "floe-worker", "floe-cube"];

    private static readonly ClusterMappings s_local = new("Floe's own mapping", [new("local", "docker-desktop", ["local"], "floe", EnvironmentIsolation.Namespace, ResourcePreset.Small)]);

    /// <summary>The mappings that the settings name.</summary>
    public ClusterMappings Clusters { get; } = settings.ClustersFile is { } file ? ClusterMappings.Parse(file, File.ReadAllText(file)) : s_local;

    /// <summary>Makes everything for one environment, in memory.</summary>
    public async Task<PublishedEnvironment> CreateAsync(string environment, DistributedApplicationModel model, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var charts = Charts();
        return Create(environment, charts, Compile(model), await ModelValues.CollectAsync(model, settings, execution, cancellationToken), UserValues());
    }

    /// <summary>Writes all environments into <paramref name="files"/>.</summary>
    /// <returns>Why nothing was rendered, or null.</returns>
    public async Task<string?> PublishAsync(PublishedFiles files, DistributedApplicationModel model, DistributedApplicationExecutionContext execution, CancellationToken cancellationToken)
    {
        var charts = Charts();
        var artifacts = Compile(model);
        var fromModel = await ModelValues.CollectAsync(model, settings, execution, cancellationToken);
        var environments = (settings.Environments ?? Clusters.Environments).Select(e => Create(e, charts, artifacts, fromModel, UserValues())).ToList();

        files.Add("artifacts/compiled-artifacts.json", artifacts.ToJson());
        files.Add($"artifacts/{ShippedSchemas.CompiledArtifactsFile}", ShippedSchemas.Text(ShippedSchemas.CompiledArtifactsFile));
        foreach (var (environment, release) in environments.SelectMany(e => e.Releases.Select(r => (e, r))))
            files.Add($"helm/{environment.Name}/{release.Chart.Name}.yaml", release.ValuesText);
        var missing = await RenderAsync(files, environments, cancellationToken);

        await files.WriteAsync(
            new JsonObject
            {
                ["floe_version"] = PublishSettings.FloeVersion,
                ["artifacts_version"] = artifacts.Version,
                ["charts"] = new JsonObject(charts.Select(c => KeyValuePair.Create(c.Name, (JsonNode?)c.Version))),
                ["rendered"] = missing is null,
                ["environments"] = new JsonArray([.. environments.Select(e => (JsonNode)new JsonObject
                {
                    ["name"] = e.Name, ["cluster"] = e.Mapping.Cluster, ["namespace"] = e.Namespace, ["isolation"] = e.Mapping.Isolation.ToString().ToLowerInvariant(), ["resources"] = e.Mapping.Resources.Name,
                    ["releases"] = new JsonArray([.. e.Releases.Select(r => (JsonNode)r.Name)]),
                })]),
            },
            cancellationToken);
        return missing;
    }

    private static PublishedEnvironment Create(string environment, IReadOnlyList<FloeHelmChart> charts, CompiledArtifacts artifacts, JsonObject fromModel, JsonObject own, ClusterMappings clusters)
    {
        var generator = new HelmValuesGenerator(artifacts, environment, clusters, charts) { ModelValues = fromModel, UserValues = own };
        var values = generator.Generate();
        return new(environment, generator.Mapping, [.. charts.Select(chart => new PublishedRelease(generator.Mapping.ReleaseFor(environment, chart.Name), chart, Yaml.Write(HelmValuesGenerator.ForChart(values, chart))))]);
    }

    private PublishedEnvironment Create(string environment, IReadOnlyList<FloeHelmChart> charts, CompiledArtifacts artifacts, JsonObject fromModel, JsonObject own) =>
        Create(environment, charts, artifacts, fromModel, own, Clusters);

    private List<FloeHelmChart> Charts() => [.. ChartNames.Select(name => FloeHelmChart.Load(Path.Combine(settings.ChartsDirectory, name)))];

    private CompiledArtifacts Compile(DistributedApplicationModel model) => settings.ArtifactsFile is { } file
        ? CompiledArtifacts.Parse(file, File.ReadAllText(file))
        : ArtifactsCompiler.Compile(model, DbtProject.Load(dbtProject), PublishSettings.FloeVersion);

    private JsonObject UserValues() => settings.ValuesFile is { } file ? Yaml.Read(file, File.ReadAllText(file)) : [];

    private async Task<string?> RenderAsync(PublishedFiles files, IReadOnlyList<PublishedEnvironment> environments, CancellationToken cancellationToken)
    {
        var helm = Helm.Find(settings.HelmCommand);
        var temporary = Directory.CreateTempSubdirectory("floe-values-").FullName;
        try
        {
            await Parallel.ForEachAsync(environments.SelectMany(e => e.Releases.Select(r => (e, r))), cancellationToken, async (work, stop) =>
            {
                var (environment, release) = work;
                var values = Path.Combine(temporary, $"{environment.Name}-{release.Chart.Name}.yaml");
                await File.WriteAllTextAsync(values, release.ValuesText, stop);
                var rendered = await helm.TemplateAsync(release.Name, Path.Combine(settings.ChartsDirectory, release.Chart.Name), environment.Namespace, values, stop);
                if (rendered.ExitCode != 0)
                    throw new DistributedApplicationException($"helm cannot render {release.Chart.Name} for the environment '{environment.Name}': {rendered.Reason}");
                files.Add($"manifests/{environment.Name}/{release.Chart.Name}.yaml", rendered.Output);
            });
            return null;
        }
        catch (ToolMissingException missing)
        {
            return missing.Message;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }
}

/// <summary>What is published for one environment.</summary>
internal sealed record PublishedEnvironment(string Name, ClusterMapping Mapping, IReadOnlyList<PublishedRelease> Releases)
{
    /// <summary>Where its releases go.</summary>
    public string Namespace => Mapping.NamespaceFor(Name);
}

/// <summary>One Helm release: a chart with values.</summary>
internal sealed record PublishedRelease(string Name, FloeHelmChart Chart, string ValuesText);
