using System.Text.Json.Nodes;
using Aspire.Hosting;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Schema;
using Floe.AppHost.Publishing.Values;

namespace Floe.Tests.Publishing;

public sealed class ValuesTests
{
    [Theory]
    [InlineData("minimal.json")]
    [InlineData("full.json")]
    [InlineData("external.json")]
    public void Artifacts_are_read_and_written_without_a_change(string file) => Assert.Equal(Samples.Golden(file), Samples.Artifacts(file).ToJson());

    [Theory]
    [InlineData("version", "\"2.0.0\"", "version: is 2.0.0, but this Floe reads 1.0.x")]
    [InlineData("metadata.source_hash", "\"abc\"", "metadata.source_hash: is 'abc'")]
    [InlineData("metadata.product_name", "null", "metadata.product_name: is nothing")]
    [InlineData("plugins.catalogue", "{}", "plugins.catalogue: is unknown")]
    [InlineData("plugins.catalog.config", "[]", "plugins.catalog.config: is an array, but must be an object")]
    [InlineData("transforms.models", "[{\"name\":\"x\",\"quality_tier\":\"platinum\",\"depends_on\":[]}]", "transforms.models[0].quality_tier: is 'platinum', but must be one of 'bronze', 'silver', 'gold'")]
    [InlineData("dbt_profiles.shop", "{\"password\":\"hunter2\"}", "dbt_profiles.shop.password: has the name of a credential")]
    [InlineData("dbt_profiles.shop", "{\"path\":\"postgres://me:hunter2@db/x\"}", "dbt_profiles.shop.path: holds what looks like a credential")]
    public void A_broken_artifact_is_refused_by_field_and_without_its_secrets(string field, string value, string reason)
    {
        var document = JsonNode.Parse(Samples.Golden("minimal.json"))!.AsObject();
        document.Set(field, JsonNode.Parse(value));
        var error = Assert.Throws<InvalidDocumentException>(() => CompiledArtifacts.Parse("artifacts.json", document.ToJsonString()));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Data model 9B §5, row by row: what an artifact says is where the chart reads it.</summary>
    [Theory]
    [InlineData("full.json", "floe-worker.schedule.cron", "*/10 * * * *")]
    [InlineData("full.json", "floe-worker.schedule.by", "worker")]
    [InlineData("full.json", "floe-worker.schedule.timeZone", "Europe/Berlin")]
    [InlineData("full.json", "floe-worker.schedule.orders", "250")]
    [InlineData("full.json", "floe-worker.seedworker.replicas", "2")]
    [InlineData("full.json", "floe-worker.lakehouse.cacheMegabytes", "512")]
    [InlineData("full.json", "floe-worker.lakehouse.bucket", "shop")]
    [InlineData("full.json", "floe-infrastructure.minio.persistence.size", "50Gi")]
    [InlineData("full.json", "floe-infrastructure.polaris.enabled", "true")]
    [InlineData("full.json", "floe-infrastructure.polaris.replicas", "2")]
    [InlineData("full.json", "floe-infrastructure.jaeger.enabled", "true")]
    [InlineData("full.json", "floe-infrastructure.marquez.enabled", "true")]
    [InlineData("full.json", "floe-infrastructure.marquez.web.replicas", "2")]
    [InlineData("full.json", "global.telemetry.enabled", "true")]
    [InlineData("minimal.json", "floe-infrastructure.jaeger.enabled", "false")]
    [InlineData("minimal.json", "floe-infrastructure.marquez.enabled", "false")]
    [InlineData("minimal.json", "global.telemetry.enabled", "false")]
    [InlineData("minimal.json", "global.lineage.enabled", "false")]
    [InlineData("external.json", "floe-infrastructure.polaris.enabled", "false")]
    [InlineData("external.json", "global.polaris.endpoint", "https://catalog.example.com")]
    [InlineData("external.json", "floe-infrastructure.minio.enabled", "false")]
    [InlineData("external.json", "global.minio.endpoint", "https://s3.eu-central-1.amazonaws.com")]
    [InlineData("external.json", "floe-infrastructure.jaeger.enabled", "false")]
    [InlineData("external.json", "global.telemetry.endpoint", "http://collector.observability:4317")]
    public void Artifacts_are_mapped_to_values(string artifacts, string path, string value) =>
        Assert.Equal(value, Samples.Generator(artifacts).Generate().Find(path)?.ToString());

    [Fact]
    public void Models_and_profiles_are_files_of_the_transform_job()
    {
        var product = Samples.Generator("full.json").Generate().Find("floe-worker.dataProducts")!.AsArray().Single()!;
        Assert.Equal("transform", product["job"]!.ToString());
        var models = JsonNode.Parse(product["artifacts"]!["models.json"]!.ToString())!.AsArray();
        Assert.Equal(["stg_orders", "mart_revenue"], models.Select(m => m!["name"]!.ToString()));
        Assert.Equal("stg_orders", models[1]!["depends_on"]![0]!.ToString());
        var profiles = Yaml.Read("profiles.yml", product["artifacts"]!["profiles.yml"]!.ToString());
        Assert.Equal("4", profiles.Find("shop.outputs.prod.threads")!.ToString());
        Assert.Equal("{{ env_var('SHOP_PASSWORD') }}", profiles.Find("shop.outputs.prod.password")!.ToString());
    }

    [Fact]
    public void Later_layers_win_and_each_layer_reaches_the_chart()
    {
        // Every layer sets the value; with the strongest taken away the next one shows.
        Assert.Equal("user", Level(own: true, plugin: true, mapping: true, model: true));
        Assert.Equal("250", Level(own: false, plugin: true, mapping: true, model: true));
        Assert.Equal("of prod", Level(own: false, plugin: false, mapping: true, model: true));
        Assert.Equal("model", Level(own: false, plugin: false, mapping: false, model: true));
        Assert.Equal("100", Level(own: false, plugin: false, mapping: false, model: false));

        static string Level(bool own, bool plugin, bool mapping, bool model)
        {
            var charts = Samples.Charts(anyOrders: true, prodOrders: "of prod");
            var generator = new HelmValuesGenerator(Samples.Artifacts(plugin ? "full.json" : "minimal.json"), mapping ? "prod" : "dev", Samples.Clusters(), charts)
            {
                ModelValues = model ? new JsonObject().Set("floe-worker.schedule.orders", "model") : [],
                UserValues = own ? new JsonObject().Set("floe-worker.schedule.orders", "user") : [],
            };
            var values = generator.Generate();
            return ValueTree.Merge(charts[1].Defaults, HelmValuesGenerator.ForChart(values, charts[1])).Find("schedule.orders")!.ToString();
        }
    }

    [Fact]
    public void The_mapping_decides_preset_namespace_and_release()
    {
        var shared = Samples.Generator("minimal.json", "dev");
        Assert.Equal("small", shared.Generate().Find("global.preset")!.ToString());
        Assert.Equal(("floe-dev", "floe-worker"), (shared.Mapping.NamespaceFor("dev"), shared.Mapping.ReleaseFor("dev", "floe-worker")));
        Assert.Equal("floe-infrastructure", shared.Generate().Find("floe-worker.global.infrastructureRelease")!.ToString());
        Assert.Null(shared.Generate().Find("floe-infrastructure.global"));

        var labelled = Samples.Generator("minimal.json", "uat");
        Assert.Equal(("shared", "floe-worker-uat"), (labelled.Mapping.NamespaceFor("uat"), labelled.Mapping.ReleaseFor("uat", "floe-worker")));

        var own = Samples.Generator("minimal.json", "prod").Generate();
        Assert.Null(own.Find("global.preset"));
        Assert.Equal("3", own.Find("floe-worker.seedworker.resources.limits.cpu")!.ToString());
        Assert.Equal("2Gi", own.Find("floe-cube.cubeproxy.resources.limits.memory")!.ToString());
        Assert.Equal("1228MB", own.Find("floe-cube.cubeproxy.memoryLimit")!.ToString());
    }

    [Theory]
    [InlineData("plugins.catalog.type", "\"nessie\"", "plugins.catalog.type: is 'nessie', which no chart of Floe knows; known are polaris, rest")]
    [InlineData("plugins.orchestrator.config", "{\"crom\":\"x\"}", "plugins.orchestrator.config.crom: is unknown; known here: cron, time_zone, orders, replicas")]
    [InlineData("plugins.orchestrator.config", "{\"orders\":10001}", "plugins.orchestrator.config.orders: is 10001, but must be at most 10000")]
    [InlineData("observability.telemetry.enabled", "true", "observability.telemetry.enabled: is true, but there is neither")]
    public void A_plugin_that_no_chart_knows_is_refused(string field, string value, string reason)
    {
        var document = JsonNode.Parse(Samples.Golden("minimal.json"))!.AsObject();
        document.Set(field, JsonNode.Parse(value));
        var artifacts = CompiledArtifacts.Parse("artifacts.json", document.ToJsonString());
        var error = Assert.Throws<InvalidDocumentException>(() => new HelmValuesGenerator(artifacts, "dev", Samples.Clusters(), Samples.Charts()).Generate());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("floe-worker.schedul.cron", "\"x\"", "floe-worker.schedul: is unknown; known here: ")]
    [InlineData("floe-worker.seedworker.replicas", "\"two\"", "floe-worker.seedworker.replicas: is a string, but must be an integer")]
    [InlineData("floe-worker.seedworker.image.tag", "null", "floe-worker.seedworker.image.tag: is required")]
    [InlineData("floe-dagster.x", "1", "floe-dagster: is no chart; known are global, floe-infrastructure, floe-worker, floe-cube")]
    [InlineData("global.presett", "\"small\"", "global.presett: is a value of no chart")]
    [InlineData("floe-infrastructure.minio.rootPassword", "\"hunter2\"", "floe-infrastructure.minio.rootPassword: has the name of a credential")]
    [InlineData("floe-infrastructure.minio.rootUser", "\"AKIAABCDEFGHIJKLMNOP\"", "floe-infrastructure.minio.rootUser: holds what looks like a credential")]
    public void A_value_that_breaks_a_rule_is_refused_by_field(string path, string value, string reason)
    {
        var own = new JsonObject().Set(path, JsonNode.Parse(value));
        var error = Assert.Throws<InvalidDocumentException>(() => Samples.Generator("minimal.json", own: own).Generate());
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("AKIA", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_of_secrets_are_no_credentials() => Assert.Empty(CredentialGuard.Inspect(new JsonObject
    {
        ["existingSecret"] = "floe-credentials", ["credentialsSecret"] = "floe-credentials", ["credentialsSecretName"] = "x", ["secretKeyRef"] = "postgres-password", ["passwordKey"] = "postgres-password",
        ["connection"] = "Host=db;Password=$(DB_PASSWORD)", ["automountServiceAccountToken"] = false, ["password"] = "",
    }));

    [Fact]
    public void Environments_are_in_exactly_one_mapping()
    {
        var none = Assert.Throws<InvalidDocumentException>(() => Samples.Clusters().For("qa"));
        Assert.Contains("have no environment 'qa'; known are dev, staging, uat, test, prod", none.Message, StringComparison.Ordinal);
        var two = Assert.Throws<InvalidDocumentException>(() => ClusterMappings.Parse("clusters.yaml", Samples.ClustersText.Replace("[prod]", "[prod, dev]", StringComparison.Ordinal)));
        Assert.Contains("mappings: have the environment 'dev' in 'non-prod' and 'prod'", two.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("floe-{{.environment}}", "Floe_{{.environment}}", "mappings[0].namespace_template: gives 'Floe_dev' for the environment 'dev'")]
    [InlineData("floe-{{.environment}}", "floe-{{.environment}}-", "gives 'floe-dev-'")]
    [InlineData("floe-{{.environment}}", "fixed", "mappings[0].namespace_template: is 'fixed', which gives several environments one namespace")]
    [InlineData("floe-{{.environment}}", "'{{.stage}}'", "gives '{{.stage}}'")]
    [InlineData("floe-{{.environment}}", "{{.environment}}", "has a key that is no text in line 5; a value that begins with a brace needs quotes")]
    [InlineData("[prod]", "[]", "mappings[2].environments: has 0 items")]
    [InlineData("[prod]", "[Prod]", "mappings[2].environments: holds 'Prod'")]
    [InlineData("name: prod", "name: non-prod", "holds two mappings named 'non-prod'")]
    [InlineData("resources: small", "resources: tiny", "mappings[0].resources: is 'tiny', but must be one of 'small', 'medium', 'large'")]
    [InlineData("cpu: 3", "cpu: 1.5", "mappings[2].resources.user_code.limits.cpu: is a number")]
    [InlineData("cpu: 3", "cpu: 100m", "mappings[2].resources.user_code.limits.cpu: is 100m, less than the request of 500m")]
    [InlineData("memory: 6Gi", "memory: 6G", "mappings[2].resources.user_code.limits.memory: is '6G'")]
    [InlineData("isolation: label", "isolation: cluster", "mappings[1].isolation: is 'cluster'")]
    [InlineData("isolation: label", "isolated: label", "mappings[1].isolated: is unknown")]
    public void A_mapping_that_breaks_a_rule_is_refused_by_field(string part, string broken, string reason)
    {
        Assert.Contains(part, Samples.ClustersText, StringComparison.Ordinal);
        var error = Assert.ThrowsAny<DistributedApplicationException>(() => ClusterMappings.Parse("clusters.yaml", Samples.ClustersText.Replace(part, broken, StringComparison.Ordinal)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Floe", "1.0.0", "1.0.0", "https://x", "name: is 'Floe'")]
    [InlineData("floe", "1.0", "1.0.0", "https://x", "version: is '1.0'")]
    [InlineData("floe", "1.0.0", "*", "https://x", "dependencies[0].version: is '*'")]
    [InlineData("floe", "1.0.0", "~1.2.0", "charts.example.com", "dependencies[0].repository: is 'charts.example.com'")]
    public void A_chart_that_breaks_a_rule_is_refused_by_field(string name, string version, string range, string repository, string reason)
    {
        var error = Assert.Throws<InvalidDocumentException>(() => new FloeHelmChart(name, version, "1", [new("dependency", range, repository)], [], JsonSchema.Parse("x", "{}"), new Dictionary<string, string>()));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_is_read_as_it_was_written()
    {
        var tree = JsonNode.Parse("""{"a":{"b":[1,true,null,"on","1","text","two words","",{"c":{},"d":[]},[1,2]]},"line":"a\nb\"{{ x }}","0":"zero","cron":"*/5 * * * *","n":-1.5}""")!.AsObject();
        Assert.True(JsonNode.DeepEquals(tree, Yaml.Read("x", Yaml.Write(tree))), Yaml.Write(tree));
        Assert.Contains("x is no YAML: line ", Assert.Throws<DistributedApplicationException>(() => Yaml.Read("x", "a: [")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_is_not_understood_validates_nothing() =>
        Assert.Contains("the keyword 'unevaluatedProperties'", Assert.Throws<DistributedApplicationException>(() => JsonSchema.Parse("s", """{"unevaluatedProperties":false}""").Validate(new JsonObject())).Message, StringComparison.Ordinal);
}
