using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using static Floe.Tests.Kubernetes.PodTemplate;

namespace Floe.Tests.Kubernetes;

/// <summary>What no schema knows: rules over one object and between objects of a rendering. A breach is one sentence.</summary>
public static partial class ManifestRules
{
    private const int MostSecondsToDetect = 30;

    // Made beforehand where values-prod.yaml says so; their keys are in the README.
    private static readonly Dictionary<string, string[]> s_outside = new()
    {
        ["floe-credentials"] = ["postgres-password", "minio-user", "minio-password", "polaris-root-secret", "polaris-token-key", "lakehouse-writer-secret", "lakehouse-reader-secret"],
        ["floe-cube-api"] = ["cube-api-secret", "cube-sql-password", "cube-secret"],
        ["product-secrets"] = [],
    };

    // Places for what need not stay.
    private static readonly string[] s_scratch = ["/tmp", "/var/run/postgresql", "/deployments/logs"];

    /// <summary>All breaches.</summary>
    /// <param name="objects">The rendering.</param>
    /// <param name="durable">Whether state must outlive its pod.</param>
    /// <param name="whole">Whether everything that is spoken to is part of the rendering (floe-platform).</param>
    public static IReadOnlyList<string> Check(IReadOnlyList<JsonObject> objects, bool durable, bool whole)
    {
        var pods = PodTemplate.Of(objects).ToList();
        return
        [
            .. Names(objects),
            .. pods.SelectMany(Images), .. pods.SelectMany(Resources), .. pods.SelectMany(Security), .. pods.SelectMany(Probes), .. pods.SelectMany(Environment),
            .. pods.SelectMany(Volumes), .. pods.SelectMany(p => State(p, durable)), .. pods.SelectMany(p => References(p, objects, whole)),
            .. Selectors(objects, pods), .. Services(objects, pods), .. Addresses(objects, pods, whole), .. Strategies(objects), .. Hooks(objects),
        ];
    }

    private static IEnumerable<string> Names(IReadOnlyList<JsonObject> objects)
    {
        foreach (var twice in objects.GroupBy(NameOf).Where(g => g.Count() > 1))
            yield return $"{twice.Key} is there {twice.Count()} times";
        foreach (var name in objects.Select(NameOf).Where(name => !DnsLabel().IsMatch(name.Split('/')[1])))
            yield return $"{name} is no DNS label";
        foreach (var o in objects.Where(o => (string?)o["metadata"]?["labels"]?["app.kubernetes.io/part-of"] != "floe"))
            yield return $"{NameOf(o)} is not labelled as part of floe";
    }

    private static IEnumerable<string> Images(PodTemplate pod)
    {
        foreach (var container in pod.Containers)
        {
            var image = (string)container["image"]!;
            if (!FullImage().IsMatch(image))
                yield return $"{pod.Name}: image {image} is not registry/repository:tag";
            if (image.EndsWith(":latest", StringComparison.Ordinal))
                yield return $"{pod.Name}: image {image} has the tag latest";
            if (image.StartsWith("docker.io/minio/", StringComparison.Ordinal))
                yield return $"{pod.Name}: image {image} has been deleted there";
            if ((string?)container["imagePullPolicy"] != "IfNotPresent")
                yield return $"{pod.Name}: {container["name"]} does not say imagePullPolicy IfNotPresent";
        }
    }

    private static IEnumerable<string> Resources(PodTemplate pod)
    {
        foreach (var container in pod.Containers)
        {
            foreach (var amount in new[] { "cpu", "memory" })
            {
                var request = (string?)container["resources"]?["requests"]?[amount];
                var limit = (string?)container["resources"]?["limits"]?[amount];
                if (request is null || limit is null)
                    yield return $"{pod.Name}: {container["name"]} has no request or limit of {amount}";
                else if (Amount(request) > Amount(limit))
                    yield return $"{pod.Name}: {container["name"]} requests {request} of {amount}, more than its limit {limit}";
            }
        }
    }

    /// <summary>Pod Security Standards, "restricted", and what it leaves to taste.</summary>
    private static IEnumerable<string> Security(PodTemplate pod)
    {
        var security = pod.Spec["securityContext"];
        if ((bool?)security?["runAsNonRoot"] != true || (int?)security["runAsUser"] is null or 0)
            yield return $"{pod.Name} may run as root";
        if ((string?)security?["seccompProfile"]?["type"] != "RuntimeDefault")
            yield return $"{pod.Name} has no seccomp profile";
        if ((bool?)pod.Spec["automountServiceAccountToken"] != false)
            yield return $"{pod.Name} gets a token of the cluster's API that it does not need";
        if ((bool?)pod.Spec["enableServiceLinks"] != false)
            yield return $"{pod.Name} gets variables for every service of the namespace";
        foreach (var host in new[] { "hostNetwork", "hostPID", "hostIPC" }.Where(name => pod.Spec.ContainsKey(name)))
            yield return $"{pod.Name} has {host}";
        foreach (var volume in pod.Volumes.Where(v => !v.Any(p => p.Key is "configMap" or "emptyDir" or "persistentVolumeClaim" or "secret" or "projected" or "downwardAPI")))
            yield return $"{pod.Name}: volume {volume["name"]} is of a kind that is not allowed";
        foreach (var container in pod.Containers)
        {
            var own = container["securityContext"];
            if ((bool?)own?["allowPrivilegeEscalation"] != false || own["capabilities"]?["drop"]?.AsArray().Any(c => (string)c! == "ALL") != true || own["privileged"] is not null || own["capabilities"]?["add"] is not null)
                yield return $"{pod.Name}: {container["name"]} may gain privileges";
            if ((bool?)own?["readOnlyRootFilesystem"] != true)
                yield return $"{pod.Name}: {container["name"]} may write to its image's file system";
            foreach (var port in Items(container["ports"]).Where(p => p.ContainsKey("hostPort")))
                yield return $"{pod.Name}: port {port["name"]} is a port of the node";
        }
    }

    private static IEnumerable<string> Probes(PodTemplate pod)
    {
        if (pod.Kind is not ("Deployment" or "StatefulSet"))
            yield break;
        foreach (var container in pod.Main)
        {
            foreach (var name in new[] { "startupProbe", "livenessProbe", "readinessProbe" })
            {
                if (container[name] is not { } probe)
                {
                    yield return $"{pod.Name}: {container["name"]} has no {name}";
                    continue;
                }
                var seconds = ((int?)probe["periodSeconds"] ?? 10) * ((int?)probe["failureThreshold"] ?? 3) + ((int?)probe["timeoutSeconds"] ?? 1);
                if (name != "startupProbe" && seconds > MostSecondsToDetect)
                    yield return $"{pod.Name}: the {name} of {container["name"]} takes {seconds} s to fail; it must be {MostSecondsToDetect} or less";
                var port = (probe["httpGet"] ?? probe["tcpSocket"])?["port"];
                if (port is not null && !PortsOf(container).Any(p => Same(p, port)))
                    yield return $"{pod.Name}: the {name} of {container["name"]} asks port {port}, which it does not have";
                if ((string?)probe["httpGet"]?["scheme"] is { } scheme && scheme is not ("HTTP" or "HTTPS"))
                    yield return $"{pod.Name}: the {name} of {container["name"]} has the scheme {scheme}";
            }
        }
    }

    private static IEnumerable<string> Environment(PodTemplate pod)
    {
        foreach (var container in pod.Containers)
        {
            HashSet<string> known = [];
            foreach (var variable in Items(container["env"]))
            {
                var name = (string)variable["name"]!;
                if (!known.Add(name))
                    yield return $"{pod.Name}: {container["name"]} has {name} twice";
                if (variable["value"] is not { } value)
                    continue;
                if (value.GetValueKind() != System.Text.Json.JsonValueKind.String)
                {
                    yield return $"{pod.Name}: {name} of {container["name"]} is {value}, which is no text";
                    continue;
                }
                foreach (Match reference in VariableReference().Matches((string)value!))
                    if (reference.Groups[1].Value == name || !known.Contains(reference.Groups[1].Value))
                        yield return $"{pod.Name}: {name} of {container["name"]} uses {reference.Value}, which is not declared before it";
                if (SecretName().IsMatch(name) && (string)value! is not ("" or "true" or "false") && !VariableReference().IsMatch((string)value!))
                    yield return $"{pod.Name}: {name} of {container["name"]} stands in plain text";
            }
            foreach (var argument in (container["args"]?.AsArray() ?? []).Concat(container["command"]?.AsArray() ?? []))
                foreach (Match reference in VariableReference().Matches((string)argument!))
                    if (!known.Contains(reference.Groups[1].Value))
                        yield return $"{pod.Name}: an argument of {container["name"]} uses {reference.Value}, which is not declared";
        }
    }

    private static IEnumerable<string> Volumes(PodTemplate pod)
    {
        var there = pod.Volumes.Concat(pod.Claims.Select(c => c["metadata"]!.AsObject())).Select(v => (string)v["name"]!).ToList();
        var mounted = pod.Containers.SelectMany(c => Items(c["volumeMounts"])).Select(m => (string)m["name"]!).ToHashSet();
        foreach (var missing in mounted.Except(there))
            yield return $"{pod.Name} mounts {missing}, which it does not have";
        foreach (var unused in there.Except(mounted))
            yield return $"{pod.Name} has the volume {unused}, which nothing mounts";
        foreach (var twice in there.GroupBy(name => name).Where(g => g.Count() > 1))
            yield return $"{pod.Name} has the volume {twice.Key} twice";
    }

    private static IEnumerable<string> State(PodTemplate pod, bool durable)
    {
        if (!durable)
            yield break;
        if (pod.Kind == "StatefulSet" && !pod.Claims.Any())
            yield return $"{pod.Name} has no claim for its data";
        var passing = pod.Volumes.Where(v => v.ContainsKey("emptyDir")).Select(v => (string)v["name"]!).ToHashSet();
        foreach (var mount in pod.Containers.SelectMany(c => Items(c["volumeMounts"])).Where(m => passing.Contains((string)m["name"]!)))
            if (!s_scratch.Contains((string)mount["mountPath"]!))
                yield return $"{pod.Name} has {mount["mountPath"]} in an emptyDir";
    }

    private static IEnumerable<string> References(PodTemplate pod, IReadOnlyList<JsonObject> objects, bool whole)
    {
        if ((string?)pod.Spec["serviceAccountName"] is { } account && account != "default" && Find(objects, "ServiceAccount", account) is null)
            yield return $"{pod.Name} runs as {account}, which is not there";
        if (pod.Kind == "StatefulSet" && Find(objects, "Service", (string?)pod.Owner["spec"]!["serviceName"] ?? "") is null)
            yield return $"{pod.Name} has the service name {pod.Owner["spec"]!["serviceName"]}, which is no service";
        foreach (var container in pod.Containers)
        {
            foreach (var reference in Items(container["env"]).Select(e => e["valueFrom"]).OfType<JsonObject>())
                if (reference["secretKeyRef"] is { } key && Missing("Secret", key["name"], key["key"]) is { } breach)
                    yield return breach;
            foreach (var source in Items(container["envFrom"]))
                if ((Missing("Secret", source["secretRef"]?["name"], null) ?? Missing("ConfigMap", source["configMapRef"]?["name"], null)) is { } breach)
                    yield return breach;
        }
        foreach (var volume in pod.Volumes)
        {
            if ((Missing("ConfigMap", volume["configMap"]?["name"], null) ?? Missing("Secret", volume["secret"]?["secretName"], null)) is { } breach)
                yield return breach;
            if ((string?)volume["configMap"]?["name"] is { } map && Find(objects, "ConfigMap", map) is { } files)
                foreach (var path in pod.Containers.SelectMany(c => Items(c["volumeMounts"])).Where(m => (string)m["name"]! == (string)volume["name"]!).Select(m => (string?)m["subPath"]).OfType<string>())
                    if (files["data"]?[path] is null)
                        yield return $"{pod.Name} mounts {path} of ConfigMap/{map}, which it does not have";
            if ((string?)volume["persistentVolumeClaim"]?["claimName"] is { } claim and not "shared" && Find(objects, "PersistentVolumeClaim", claim) is null)
                yield return $"{pod.Name} has the claim {claim}, which is not there";
        }

        string? Missing(string kind, JsonNode? name, JsonNode? key)
        {
            if (name is null)
                return null;
            if (Find(objects, kind, (string)name!) is { } found)
                return key is null || (found["data"] ?? found["stringData"])?[(string)key!] is not null ? null : $"{pod.Name} reads {key} of {kind}/{name}, which it does not have";
            if (kind == "Secret" && s_outside.TryGetValue((string)name!, out var keys))
                return key is null || keys.Contains((string)key!) ? null : $"{pod.Name} reads {key} of {kind}/{name}, which the README does not name";
            return whole ? $"{pod.Name} reads {kind}/{name}, which is not there" : null;
        }
    }

    private static IEnumerable<string> Selectors(IReadOnlyList<JsonObject> objects, IReadOnlyList<PodTemplate> pods)
    {
        foreach (var pod in pods.Where(p => p.Kind is "Deployment" or "StatefulSet"))
        {
            var selector = pod.Owner["spec"]!["selector"]!["matchLabels"];
            if (!pod.Matches(selector))
                yield return $"{pod.Name} does not select its own pods";
            foreach (var other in pods.Where(p => p != pod && p.Matches(selector)))
                yield return $"{pod.Name} also selects the pods of {other.Name}";
            if (selector!.AsObject().Any(label => label.Key is "app.kubernetes.io/version" or "helm.sh/chart"))
                yield return $"{pod.Name} selects by a version, which cannot be changed later";
            if (pod.Claims.Any(c => c["metadata"]!["labels"] is not null))
                yield return $"{pod.Name} labels its claims, which cannot be changed later";
        }
        foreach (var o in objects.Where(o => (string)o["kind"]! is "PodDisruptionBudget" or "NetworkPolicy"))
        {
            var selector = o["spec"]!["selector"]?["matchLabels"] ?? o["spec"]!["podSelector"]?["matchLabels"];
            if (!pods.Any(p => p.Matches(selector)))
                yield return $"{NameOf(o)} selects no pods";
        }
        foreach (var pod in objects.Any(o => (string)o["kind"]! == "NetworkPolicy") ? pods.Where(p => p.Kind != "Pod") : [])
            if (!objects.Any(o => (string)o["kind"]! == "NetworkPolicy" && pod.Matches(o["spec"]!["podSelector"]!["matchLabels"])))
                yield return $"{pod.Name} has no network policy, and others have";
    }

    private static IEnumerable<string> Services(IReadOnlyList<JsonObject> objects, IReadOnlyList<PodTemplate> pods)
    {
        foreach (var service in objects.Where(o => (string)o["kind"]! == "Service"))
        {
            var behind = pods.Where(p => p.Matches(service["spec"]!["selector"])).ToList();
            if (behind.Count != 1)
            {
                yield return $"{NameOf(service)} selects the pods of {behind.Count} workloads; it must be one";
                continue;
            }
            foreach (var port in Items(service["spec"]!["ports"]))
                if (!behind[0].Main.SelectMany(PortsOf).Any(p => Same(p, port["targetPort"]!)))
                    yield return $"{NameOf(service)} sends {port["name"]} to port {port["targetPort"]}, which {behind[0].Name} does not have";
        }
        foreach (var pod in pods)
            foreach (var twice in pod.Containers.SelectMany(PortsOf).GroupBy(p => (int)p["containerPort"]!).Where(g => g.Count() > 1))
                yield return $"{pod.Name} has port {twice.Key} twice";
        foreach (var twice in objects.Where(o => (string)o["kind"]! == "Service").SelectMany(s => Items(s["spec"]!["ports"])).Where(p => p["nodePort"] is not null).GroupBy(p => (int)p["nodePort"]!).Where(g => g.Count() > 1))
            yield return $"port {twice.Key} of the nodes is taken {twice.Count()} times";
    }

    /// <summary>Every host:port of this release that a pod is told of is a service with that port.</summary>
    private static IEnumerable<string> Addresses(IReadOnlyList<JsonObject> objects, IReadOnlyList<PodTemplate> pods, bool whole)
    {
        foreach (var pod in pods)
        {
            var texts = pod.Containers.SelectMany(c => Items(c["env"]).Select(e => e["value"]).Concat(c["args"]?.AsArray() ?? []).Concat(c["command"]?.AsArray() ?? []))
                .Where(v => v?.GetValueKind() == System.Text.Json.JsonValueKind.String).Select(v => (string)v!);
            foreach (var address in texts.SelectMany(t => Address().Matches(t)).DistinctBy(m => m.Value))
            {
                if (Find(objects, "Service", address.Groups[1].Value) is not { } service)
                {
                    if (whole)
                        yield return $"{pod.Name} is told of {address.Value}, and no service has that name";
                }
                else if (!Items(service["spec"]!["ports"]).Any(p => p["port"]!.ToString() == address.Groups[2].Value))
                {
                    yield return $"{pod.Name} is told of {address.Value}, and that service does not have the port";
                }
            }
        }
    }

    private static IEnumerable<string> Strategies(IReadOnlyList<JsonObject> objects)
    {
        foreach (var deployment in objects.Where(o => (string)o["kind"]! == "Deployment"))
        {
            var rolling = deployment["spec"]!["strategy"]?["rollingUpdate"];
            if ((int?)rolling?["maxSurge"] != 1 || (int?)rolling["maxUnavailable"] != 0)
                yield return $"{NameOf(deployment)} is not updated by one more and none less";
        }
        // A Job cannot be changed.
        foreach (var job in objects.Where(o => (string)o["kind"]! == "Job"))
        {
            if (!HashedName().IsMatch(NameOf(job)))
                yield return $"{NameOf(job)} has no hash of its content in its name";
            if (job["spec"]!["ttlSecondsAfterFinished"] is not null)
                yield return $"{NameOf(job)} vanishes by itself, which \"helm --wait\" does not survive";
        }
    }

    private static IEnumerable<string> Hooks(IReadOnlyList<JsonObject> objects) =>
        objects.Where(o => (string?)o["metadata"]!["annotations"]?["helm.sh/hook"] is not null and not "test").Select(o => $"{NameOf(o)} is a hook, and \"helm --wait\" may wait for ever");

    private static string NameOf(JsonObject o) => $"{o["kind"]}/{o["metadata"]!["name"]}";

    private static JsonObject? Find(IEnumerable<JsonObject> objects, string kind, string name) =>
        objects.FirstOrDefault(o => (string)o["kind"]! == kind && (string)o["metadata"]!["name"]! == name);

    private static IEnumerable<JsonObject> PortsOf(JsonObject container) => Items(container["ports"]);

    private static bool Same(JsonObject port, JsonNode wanted) => wanted.ToString() is var text && (text == (string?)port["name"] || text == port["containerPort"]!.ToString());

    private static double Amount(string text) => text switch
    {
        [.. var n, 'm'] => double.Parse(n) / 1000,
        [.. var n, 'M', 'i'] => double.Parse(n) * 1024 * 1024,
        [.. var n, 'G', 'i'] => double.Parse(n) * 1024 * 1024 * 1024,
        _ => double.Parse(text),
    };

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex DnsLabel();

    [GeneratedRegex("^([a-z0-9-]+\\.[a-z0-9.-]+|localhost)(:[0-9]+)?/[a-z0-9./_-]+(:[A-Za-z0-9_][A-Za-z0-9_.-]*|@sha256:[a-f0-9]{64})$")]
    private static partial Regex FullImage();

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex VariableReference();


    [GeneratedRegex("(PASSWORD|SECRET|ACCESS_KEY|CREDENTIAL)")]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\b(floe-[a-z0-9-]+):(\d+)")]
    private static partial Regex Address();

    [GeneratedRegex("-[0-9a-f]{8}$")]
    private static partial Regex HashedName();
}
