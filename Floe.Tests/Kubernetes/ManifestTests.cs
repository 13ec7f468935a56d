using System.Text.Json.Nodes;

namespace Floe.Tests.Kubernetes;

/// <summary>What the charts render is right by Kubernetes' schemas and by rules that no schema knows.</summary>
[Collection(nameof(RenderedCharts))]
public sealed class ManifestTests(RenderedCharts charts)
{
    [SkippableFact]
    public void Every_object_is_valid_by_the_typed_models_and_by_the_strict_schema()
    {
        None(charts.All.SelectMany(r => r.Breaches.Select(b => $"{r}: {b}")));
        Assert.All(charts.All, r => Assert.NotEmpty(r.Objects));
    }

    [SkippableFact]
    public void The_strict_schema_is_there()
    {
        _ = charts.Helm;
        Skip.If(RenderedCharts.Specification is null, "FLOE_SPECS does not name the folder of specifications: unknown fields were not looked for (kubernetes-1.32-strict.json), types were.");
    }

    [SkippableFact]
    public void Every_rendering_keeps_the_rules() =>
        None(charts.All.SelectMany(r => ManifestRules.Check(r.Objects, durable: r.Variant != "local", whole: r.Chart == RenderedCharts.Platform).Select(b => $"{r}: {b}")));

    /// <summary>A rule that nothing can break is none: each mistake is found, in words that name it.</summary>
    [SkippableFact]
    public void Every_rule_finds_the_mistake_that_it_is_for()
    {
        var missed = new List<string>();
        foreach (var (mistake, make, words) in Mistakes)
        {
            var objects = charts.Get(RenderedCharts.Platform, "prod").Objects.Select(o => o.DeepClone().AsObject()).ToList();
            make(objects);
            if (!ManifestRules.Check(objects, durable: true, whole: true).Any(b => b.Contains(words)))
                missed.Add(mistake);
        }
        None(missed);
    }

    private static void None(IEnumerable<string> breaches)
    {
        var all = breaches.ToList();
        Assert.True(all.Count == 0, string.Join('\n', all));
    }

    private static IEnumerable<(string Mistake, Action<List<JsonObject>> Make, string Words)> Mistakes =>
    [
        ("two of a name", o => o.Add(o[0].DeepClone().AsObject()), "is there 2 times"),
        ("no label", o => o[0]["metadata"]!["labels"]!.AsObject().Remove("app.kubernetes.io/part-of"), "not labelled"),
        ("short image", o => Container(o)["image"] = "postgres:18", "is not registry/repository:tag"),
        ("latest", o => Container(o)["image"] = "docker.io/library/postgres:latest", "tag latest"),
        ("deleted image", o => Container(o)["image"] = "docker.io/minio/minio:RELEASE.2025-09-07T16-13-09Z", "deleted"),
        ("no pull policy", o => Container(o).Remove("imagePullPolicy"), "imagePullPolicy"),
        ("no limit", o => Container(o)["resources"]!.AsObject().Remove("limits"), "no request or limit"),
        ("request above limit", o => Container(o)["resources"]!["requests"]!["memory"] = "64Gi", "more than its limit"),
        ("root", o => Spec(o)["securityContext"]!["runAsUser"] = 0, "may run as root"),
        ("no seccomp", o => Spec(o)["securityContext"]!.AsObject().Remove("seccompProfile"), "seccomp"),
        ("token", o => Spec(o).Remove("automountServiceAccountToken"), "token"),
        ("service links", o => Spec(o)["enableServiceLinks"] = true, "variables for every service"),
        ("host network", o => Spec(o)["hostNetwork"] = true, "hostNetwork"),
        ("host path", o => Spec(o)["volumes"]!.AsArray().Add(JsonNode.Parse("""{"name":"x","hostPath":{"path":"/"}}""")), "not allowed"),
        ("capabilities", o => Container(o)["securityContext"]!.AsObject().Remove("capabilities"), "gain privileges"),
        ("writable root", o => Container(o)["securityContext"]!["readOnlyRootFilesystem"] = false, "may write"),
        ("host port", o => Container(o)["ports"]![0]!["hostPort"] = 80, "port of the node"),
        ("no liveness", o => Container(o).Remove("livenessProbe"), "no livenessProbe"),
        ("slow probe", o => Container(o)["readinessProbe"]!["periodSeconds"] = 300, "takes 904 s"),
        ("probe of a port that is not there", o => Container(o)["livenessProbe"]!["httpGet"]!["port"] = "nowhere", "asks port nowhere"),
        ("scheme in small letters", o => Container(o)["livenessProbe"]!["httpGet"]!["scheme"] = "http", "has the scheme http"),
        ("variable twice", o => Container(o)["env"]!.AsArray().Add(Container(o)["env"]![0]!.DeepClone()), "twice"),
        ("number as a variable", o => Container(o)["env"]![0]!["value"] = 8080, "is no text"),
        ("variable before its source", o => Container(o)["env"]!.AsArray().Insert(0, JsonNode.Parse("""{"name":"A","value":"$(FLOE_HOST)"}""")), "not declared before"),
        ("secret in plain text", o => Container(o)["env"]!.AsArray().Add(JsonNode.Parse("""{"name":"MY_PASSWORD","value":"hunter2"}""")), "plain text"),
        ("mount of nothing", o => Container(o)["volumeMounts"]!.AsArray().Add(JsonNode.Parse("""{"name":"nothing","mountPath":"/x"}""")), "mounts nothing"),
        ("volume for nobody", o => Spec(o)["volumes"]!.AsArray().Add(JsonNode.Parse("""{"name":"idle","emptyDir":{}}""")), "nothing mounts"),
        ("no claim", o => Get(o, "StatefulSet", "floe-postgres")["spec"]!.AsObject().Remove("volumeClaimTemplates"), "no claim for its data"),
        ("state in an emptyDir", o => Container(o)["volumeMounts"]![0]!["mountPath"] = "/data", "in an emptyDir"),
        ("no account", o => Remove(o, "ServiceAccount", "floe-worker"), "floe-worker, which is not there"),
        ("no service name", o => Get(o, "StatefulSet", "floe-minio")["spec"]!.AsObject().Remove("serviceName"), "which is no service"),
        ("unknown secret", o => Secret(o)["name"] = "other", "reads Secret/other"),
        ("unknown key", o => Secret(o)["key"] = "other", "reads other of Secret/floe-credentials"),
        ("no config map", o => Remove(o, "ConfigMap", "floe-marquez"), "reads ConfigMap/floe-marquez"),
        ("no such file", o => Get(o, "ConfigMap", "floe-cube-config")["data"]!.AsObject().Remove("cube.js"), "mounts cube.js"),
        ("own pods not selected", o => Labels(o)["app.kubernetes.io/name"] = "other", "does not select its own pods"),
        ("others' pods selected", o => Labels(o)["app.kubernetes.io/name"] = "cubeproxy", "also selects"),
        ("version in a selector", o => Get(o, "Deployment", "floe-seedworker")["spec"]!["selector"]!["matchLabels"]!["app.kubernetes.io/version"] = "1", "selects by a version"),
        ("label of a claim", o => Get(o, "StatefulSet", "floe-minio")["spec"]!["volumeClaimTemplates"]![0]!["metadata"]!["labels"] = new JsonObject { ["a"] = "b" }, "labels its claims"),
        ("budget for nobody", o => Get(o, "PodDisruptionBudget", "floe-polaris")["spec"]!["selector"]!["matchLabels"]!["app.kubernetes.io/name"] = "other", "selects no pods"),
        ("no network policy", o => Remove(o, "NetworkPolicy", "floe-seedworker"), "no network policy"),
        ("service for nobody", o => Get(o, "Service", "floe-polaris")["spec"]!["selector"]!["app.kubernetes.io/name"] = "other", "pods of 0 workloads"),
        ("service to no port", o => Get(o, "Service", "floe-polaris")["spec"]!["ports"]![0]!["targetPort"] = "other", "sends http to port other"),
        ("node port twice", o => { foreach (var s in new[] { "floe-polaris", "floe-jaeger" }) Get(o, "Service", s)["spec"]!["ports"]![0]!["nodePort"] = 30181; }, "taken 2 times"),
        ("address of nobody", o => Container(o)["env"]!.AsArray().Add(JsonNode.Parse("""{"name":"U","value":"http://floe-nobody:80/x"}""")), "no service has that name"),
        ("address with a wrong port", o => Container(o)["env"]!.AsArray().Add(JsonNode.Parse("""{"name":"U","value":"http://floe-polaris:80/x"}""")), "does not have the port"),
        ("strategy", o => Get(o, "Deployment", "floe-seedworker")["spec"]!.AsObject().Remove("strategy"), "one more and none less"),
        ("job without a hash", o => o.Add(Job("floe-job", null)), "no hash"),
        ("job that vanishes", o => o.Add(Job("floe-job-01234567", 60)), "vanishes"),
        ("hook", o => o[0]["metadata"]!["annotations"] = new JsonObject { ["helm.sh/hook"] = "post-install" }, "is a hook"),
    ];

    private static JsonObject Get(IEnumerable<JsonObject> objects, string kind, string name) => objects.Single(o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name);

    private static void Remove(List<JsonObject> objects, string kind, string name) => Assert.True(objects.Remove(Get(objects, kind, name)));

    private static JsonObject Spec(IEnumerable<JsonObject> objects) => Get(objects, "Deployment", "floe-seedworker")["spec"]!["template"]!["spec"]!.AsObject();

    private static JsonObject Labels(IEnumerable<JsonObject> objects) => Get(objects, "Deployment", "floe-seedworker")["spec"]!["template"]!["metadata"]!["labels"]!.AsObject();

    private static JsonObject Container(IEnumerable<JsonObject> objects) => Spec(objects)["containers"]![0]!.AsObject();

    private static JsonObject Secret(IEnumerable<JsonObject> objects) => PodTemplate.Items(Container(objects)["env"]).Select(e => e["valueFrom"]?["secretKeyRef"]).OfType<JsonObject>().First();

    private static JsonObject Job(string name, int? ttl)
    {
        var job = JsonNode.Parse("""{"apiVersion":"batch/v1","kind":"Job","metadata":{"labels":{}},"spec":{"template":{"spec":{"containers":[]}}}}""")!.AsObject();
        job["metadata"]!["name"] = name;
        if (ttl is not null)
            job["spec"]!["ttlSecondsAfterFinished"] = ttl;
        return job;
    }
}
