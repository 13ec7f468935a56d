using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Floe.Tests.Kubernetes;

/// <summary>The charts themselves: what people and tools read of them is whole and true.</summary>
[Collection(nameof(RenderedCharts))]
public sealed partial class ChartTests(RenderedCharts charts)
{
    // Maps whose keys are the user's.
    private static readonly string[] s_free = ["nodeSelector", "annotations", "nodeAffinity", "podAffinity", "podAntiAffinity", "podSelector", "namespaceSelector", "to", "artifacts", "model", "infrastructure", "worker", "cube"];

    [SkippableFact]
    public async Task Helm_has_no_warning_for_any_chart_with_any_values_file()
    {
        var results = await Task.WhenAll(RenderedCharts.Names.SelectMany(chart => RenderedCharts.ValuesFiles.Select(async variant =>
            (Name: $"{chart} {variant}", Result: await charts.Helm.RunAsync(["lint", "--strict", Path.Combine(charts.Charts, chart), .. RenderedCharts.ArgumentsOf(charts.Charts, chart, variant)])))));
        Assert.All(results, r => Assert.True(r.Result.ExitCode == 0 && !r.Result.Output.Contains("WARN") && !r.Result.Output.Contains("ERROR"), $"{r.Name}: {r.Result.Output}{r.Result.Error}"));
    }

    [Fact]
    public void What_the_charts_share_is_the_same_in_each()
    {
        var shared = File.ReadAllText(Path.Combine(RenderedCharts.Source, "floe-infrastructure", "templates", "_floe.tpl"));
        foreach (var chart in new[] { "floe-worker", "floe-cube" })
            Assert.Equal(shared, File.ReadAllText(Path.Combine(RenderedCharts.Source, chart, "templates", "_floe.tpl")));
    }

    [Fact]
    public void The_model_is_that_of_CubeProxy()
    {
        var model = Path.Combine(RenderedCharts.Source, "..", "Floe.CubeProxy", "model");
        var copy = Path.Combine(RenderedCharts.Source, "floe-cube", "model");
        Assert.Equal(FilesOf(model), FilesOf(copy));

        static IEnumerable<(string, string)> FilesOf(string folder) => Directory.EnumerateFiles(folder, "*.yml").Order().Select(file => (Path.GetFileName(file), File.ReadAllText(file)));
    }

    [Fact]
    public void The_platforms_values_files_are_those_of_its_charts()
    {
        foreach (var variant in new[] { "local", "prod" })
        {
            var platform = Yaml(Path.Combine(RenderedCharts.Source, RenderedCharts.Platform, $"values-{variant}.yaml"));
            foreach (var (key, chart) in new[] { ("infrastructure", "floe-infrastructure"), ("worker", "floe-worker"), ("cube", "floe-cube") })
            {
                var own = Yaml(Path.Combine(RenderedCharts.Source, chart, $"values-{variant}.yaml")).AsObject();
                var global = own["global"]?.DeepClone();
                own.Remove("global");
                Assert.True(JsonNode.DeepEquals(global, platform["global"]), $"{chart} {variant}: global");
                Assert.True(JsonNode.DeepEquals(own, platform[key]), $"{chart} {variant}: {own}");
            }
        }
    }

    /// <summary>Nothing in values.yaml that the schema does not know, nothing in the schema that values.yaml does not show, no level that takes anything.</summary>
    [Fact]
    public void Schema_and_values_have_the_same_keys_and_every_level_is_closed()
    {
        foreach (var chart in RenderedCharts.Names)
        {
            var schema = JsonNode.Parse(File.ReadAllText(Path.Combine(RenderedCharts.Source, chart, "values.schema.json")))!.AsObject();
            var values = Yaml(Path.Combine(RenderedCharts.Source, chart, "values.yaml"));
            Assert.Equal(KeysOfSchema(schema, schema, "").Except(["/enabled"]).Order(), KeysOfValues(values, schema, schema, "").Order());
            Assert.Equal([], OpenLevels(schema, schema, ""));
        }
    }

    [Fact]
    public void Every_value_is_explained()
    {
        foreach (var chart in RenderedCharts.Names)
        {
            var lines = File.ReadAllLines(Path.Combine(RenderedCharts.Source, chart, "values.yaml"));
            for (var i = 1; i < lines.Length; i++)
                if (TopLevel().IsMatch(lines[i]))
                    Assert.True(lines[i - 1].StartsWith('#') || lines[i].StartsWith("serviceAccount:", StringComparison.Ordinal) || lines[i].StartsWith("networkPolicy:", StringComparison.Ordinal) || lines[i].StartsWith("podDisruptionBudget:", StringComparison.Ordinal), $"{chart}: {lines[i]} has no comment above it");
        }
    }

    /// <summary>Requests and limits of every container follow the preset, its own preset wins, and own resources win over both.</summary>
    [SkippableTheory]
    [InlineData("small", "512Mi", "768Mi", "512MB")]
    [InlineData("medium", "1Gi", "1Gi", "1GB")]
    [InlineData("large", "2Gi", "2Gi", "2GB")]
    public void Presets_apply(string preset, string engine, string java, string duckDb)
    {
        var rendering = charts.Get(RenderedCharts.Platform, preset);
        Assert.Equal(engine, MemoryOf("Deployment", "floe-seedworker"));
        Assert.Equal(engine, MemoryOf("Deployment", "floe-cubeproxy"));
        Assert.Equal(java, MemoryOf("Deployment", "floe-polaris"));
        Assert.Equal("1Gi", MemoryOf("Deployment", "floe-jaeger"));
        Assert.Equal("300Mi", MemoryOf("StatefulSet", "floe-minio"));
        var limit = PodTemplate.Items(Container("Deployment", "floe-cubeproxy")["env"]).Single(e => (string)e["name"]! == "Cube__MemoryLimit");
        Assert.Equal(duckDb, (string)limit["value"]!);

        string MemoryOf(string kind, string name) => (string)Container(kind, name)["resources"]!["requests"]!["memory"]!;
        JsonNode Container(string kind, string name) => rendering.Get(kind, name)["spec"]!["template"]!["spec"]!["containers"]![0]!;
    }

    /// <summary>Without a cluster no secret is made up: the text has none, and is the same every time.</summary>
    [SkippableFact]
    public async Task Rendering_without_a_cluster_makes_no_secrets_and_is_repeatable()
    {
        var first = await charts.TemplateAsync(RenderedCharts.Platform);
        Assert.DoesNotContain("kind: Secret", first);
        Assert.Equal(first, await charts.TemplateAsync(RenderedCharts.Platform));

        var secrets = charts.Get(RenderedCharts.Platform, "default").OfKind("Secret").ToList();
        Assert.Equal(["floe-credentials", "floe-cube-api"], secrets.Select(s => (string)s["metadata"]!["name"]!).Order());
        Assert.All(secrets, s => Assert.Equal("keep", (string)s["metadata"]!["annotations"]!["helm.sh/resource-policy"]!));
        Assert.All(secrets.SelectMany(s => s["data"]!.AsObject()).Where(p => p.Key != "minio-user"), p => Assert.Equal(32, Convert.FromBase64String((string)p.Value!).Length));
        Assert.Empty(charts.Get(RenderedCharts.Platform, "prod").OfKind("Secret"));
    }

    /// <summary>A Job cannot be changed: what it does is in its name, and nothing else is.</summary>
    [SkippableFact]
    public void Jobs_get_a_new_name_with_a_new_content_and_only_then()
    {
        Assert.Equal(JobsOf("jobs"), JobsOf("jobs with a schedule"));
        Assert.Empty(JobsOf("jobs").Intersect(JobsOf("jobs of another size")));
        Assert.Empty(JobsOf("jobs").Intersect(JobsOf("jobs of another image")));

        IReadOnlyList<string> JobsOf(string variant) => [.. charts.Get("floe-worker", variant).OfKind("Job").Select(j => (string)j["metadata"]!["name"]!)];
    }

    /// <summary>The commands of the notes reach all six UIs and APIs: the services are there, with these ports.</summary>
    [SkippableFact]
    public void Notes_name_all_six_and_the_commands_are_right()
    {
        var rendering = charts.Get(RenderedCharts.Platform, "default");
        var notes = (string)rendering.Get("ConfigMap", "notes")["data"]!["notes"]!;

        foreach (var name in new[] { "Worker", "Cube REST", "Cube SQL", "Jaeger", "Marquez", "MinIO" })
            Assert.Contains($"\n  {name} ", notes);
        var commands = PortForward().Matches(notes);
        Assert.Equal(commands.Count, commands.DistinctBy(c => c.Groups["local"].Value).Count());
        Assert.All(commands, command =>
        {
            Assert.Equal(RenderedCharts.Namespace, command.Groups["namespace"].Value);
            var service = rendering.Get("Service", command.Groups["service"].Value);
            Assert.Contains(command.Groups["remote"].Value, PodTemplate.Items(service["spec"]!["ports"]).Select(p => p["port"]!.ToString()));
            Assert.Contains($"localhost:{command.Groups["local"].Value}", notes.Replace("-h localhost -p ", "localhost:"));
        });
        Assert.Equal(["15432", "16686", "3000", "4000", "5001", "8181", "9001"], commands.Select(c => c.Groups["local"].Value).Order(StringComparer.Ordinal));
    }

    private static JsonNode Yaml(string file)
    {
        var stream = new YamlStream();
        using var reader = File.OpenText(file);
        stream.Load(reader);
        return ToJson(stream.Documents[0].RootNode)!;

        // Text is enough: types are the schema's affair.
        static JsonNode? ToJson(YamlNode node) => node switch
        {
            YamlMappingNode map => new JsonObject(map.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value!, ToJson(p.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Select(ToJson)]),
            _ => JsonValue.Create(((YamlScalarNode)node).Value),
        };
    }

    private static JsonObject Resolve(JsonObject schema, JsonObject root)
    {
        while (true)
        {
            if ((string?)schema["$ref"] is { } reference)
                schema = root["definitions"]![reference["#/definitions/".Length..]]!.AsObject();
            else if (schema["allOf"] is JsonArray all && schema["properties"] is null)
                schema = all[0]!.AsObject();
            else
                return schema;
        }
    }

    private static IEnumerable<string> KeysOfSchema(JsonObject schema, JsonObject root, string path)
    {
        if (Resolve(schema, root)["properties"] is not JsonObject properties || path.EndsWith("/resources", StringComparison.Ordinal) || path.EndsWith("/affinity", StringComparison.Ordinal))
            return path is "" ? [] : [path];
        var children = properties.SelectMany(p => KeysOfSchema(p.Value!.AsObject(), root, $"{path}/{p.Key}"));
        return path is "" ? children : children.Append(path);
    }

    private static IEnumerable<string> KeysOfValues(JsonNode? values, JsonObject schema, JsonObject root, string path)
    {
        if (values is not JsonObject map || path is not "" && Resolve(schema, root)["properties"] is null || map.Count == 0)
            return path is "" ? [] : [path];
        var children = map.SelectMany(p => KeysOfValues(p.Value, (Resolve(schema, root)["properties"]![p.Key] ?? new JsonObject()).AsObject(), root, $"{path}/{p.Key}"));
        return path is "" ? children : children.Append(path);
    }

    private static IEnumerable<string> OpenLevels(JsonObject schema, JsonObject root, string path)
    {
        var level = Resolve(schema, root);
        if ((string?)(level["type"] as JsonValue)?.ToString() == "object" && level["additionalProperties"] is not JsonValue && !s_free.Contains(path.Split('/')[^1]))
            yield return path;
        foreach (var (key, child) in level["properties"]?.AsObject() ?? [])
            if (child is JsonObject next)
                foreach (var open in OpenLevels(next, root, $"{path}/{key}"))
                    yield return open;
        if (level["items"] is JsonObject items)
            foreach (var open in OpenLevels(items, root, path))
                yield return open;
    }

    [GeneratedRegex("^[a-zA-Z]+:")]
    private static partial Regex TopLevel();

    [GeneratedRegex(@"kubectl -n (?<namespace>\S+) port-forward svc/(?<service>\S+) (?<local>\d+):(?<remote>\d+)")]
    private static partial Regex PortForward();
}
