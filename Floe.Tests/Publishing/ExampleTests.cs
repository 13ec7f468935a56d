using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.Tests.Kubernetes;
using YamlDotNet.RepresentationModel;

namespace Floe.Tests.Publishing;

/// <summary>The examples name what is there: charts, environments and pinned versions.</summary>
public sealed class ExampleTests
{
    private static readonly string s_root = Path.GetFullPath(Path.Combine(RenderedCharts.Source, ".."));
    private static readonly string s_version = $"v{FloeHelmChart.Load(Path.Combine(RenderedCharts.Source, "floe-infrastructure")).Version}";

    [Fact]
    public void Five_environments_live_on_two_clusters()
    {
        var file = Path.Combine(s_root, "docs", "examples", "clusters.yaml");
        var clusters = ClusterMappings.Parse(file, File.ReadAllText(file));
        Assert.Equal(["dev", "qa", "uat", "staging", "prod"], clusters.Environments);
        Assert.Equal(2, clusters.Environments.Select(e => clusters.For(e).Cluster).Distinct().Count());
        // Those of the example of Argo CD.
        var elements = Find(Documents("argocd/applicationset.yaml").Single(), "elements").First();
        Assert.Equal(
            clusters.Environments.Select(e => (e, clusters.For(e).Cluster)),
            ((YamlSequenceNode)elements).Select(e => (e["environment"].ToString(), e["cluster"].ToString())));
    }

    [Fact]
    public void Every_version_is_pinned_to_that_of_the_charts()
    {
        var versions = All().SelectMany(d => Find(d, "targetRevision").Concat(Find(d, "tag"))).Select(v => v.ToString()).ToList();
        Assert.Equal(4, versions.Count);
        Assert.All(versions, version => Assert.Equal(s_version, version));
    }

    [Fact]
    public void Every_chart_is_there()
    {
        var paths = All().SelectMany(d => Find(d, "path").Concat(Find(d, "chart"))).OfType<YamlScalarNode>().Select(p => p.Value!).Where(p => !p.Contains("{{", StringComparison.Ordinal)).ToList();
        Assert.Equal(7, paths.Count);
        Assert.All(paths, path => Assert.True(Directory.Exists(Path.Combine(s_root, path.StartsWith("charts/", StringComparison.Ordinal) ? path : $"charts/{path}")), path));
    }

    private static IEnumerable<YamlNode> All() => Directory.EnumerateFiles(Path.Combine(s_root, "examples"), "*.yaml", SearchOption.AllDirectories).SelectMany(f => Documents(Path.GetRelativePath(Path.Combine(s_root, "examples"), f)));

    private static IEnumerable<YamlNode> Documents(string file)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(File.ReadAllText(Path.Combine(s_root, "examples", file))));
        return stream.Documents.Select(d => d.RootNode);
    }

    private static IEnumerable<YamlNode> Find(YamlNode node, string key) =>
        node.AllNodes.OfType<YamlMappingNode>().SelectMany(m => m.Children).Where(c => c.Key is YamlScalarNode { Value: var name } && name == key).Select(c => c.Value);
}
