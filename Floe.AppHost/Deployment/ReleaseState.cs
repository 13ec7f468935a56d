using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.AppHost.Tools;

namespace Floe.AppHost.Deployment;

/// <summary>What the cluster says about a release: its workloads, and what is wrong with its pods.</summary>
/// <param name="Components">Workloads.</param>
/// <param name="Problems">Of pods and jobs.</param>
/// <param name="IsReady">Everything that was asked for runs in its newest form.</param>
public sealed record ReleaseState(IReadOnlyList<DeployedComponent> Components, IReadOnlyList<PodProblem> Problems, bool IsReady)
{
    private const string Kinds = "deployments,statefulsets,daemonsets,jobs,cronjobs,replicasets,pods";

    /// <summary>Asks the cluster.</summary>
    /// <exception cref="DistributedApplicationException">The cluster does not answer.</exception>
    public static async Task<ReleaseState> ReadAsync(Kubectl kubectl, string release, string targetNamespace, CancellationToken cancellationToken)
    {
        var answer = await kubectl.RunAsync(["get", Kinds, "--namespace", targetNamespace, "--selector", $"app.kubernetes.io/instance={release}", "--output", "json"], cancellationToken);
        if (answer.ExitCode != 0)
            throw new DistributedApplicationException($"kubectl cannot read the release '{release}' in the namespace '{targetNamespace}': {answer.Reason}");
        try
        {
            return From(JsonNode.Parse(answer.Output)?["items"] as JsonArray ?? []);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"kubectl answered with something that is no JSON ({e.Message}); check Floe:Deploy:Kubectl.");
        }
    }

    /// <summary>Judges the objects of a release.</summary>
    public static ReleaseState From(JsonArray objects)
    {
        List<JsonObject> all = [.. objects.OfType<JsonObject>().Where(o => o["metadata"]?["annotations"]?["helm.sh/hook"] is null)];
        var workloads = all.Where(o => o["kind"]?.ToString() is not ("Pod" or "ReplicaSet")).Select(o => (Object: o, Component: Component(o))).ToList();
        List<PodProblem> problems =
        [
            // A pod of an older template is on its way out: what is wrong with it may be what this deployment mends.
            .. all.Where(o => o["kind"]?.ToString() == "Pod").Select(pod => PodProblem.Of(pod) is not { } problem ? null : IsOutdated(pod, all) ? problem with { IsFinal = false } : problem).OfType<PodProblem>(),
            .. workloads.Where(w => w.Component.Type == "Job" && Condition(w.Object, "Failed") is not null).Select(w => new PodProblem(
                w.Component.Name, $"the job failed: {Condition(w.Object, "Failed")!["message"] ?? Condition(w.Object, "Failed")!["reason"]}", $"see kubectl logs job/{w.Component.Name}; after the mend, deploy again", IsFinal: true)),
        ];
        return new([.. workloads.Select(w => w.Component)], problems, workloads.Count > 0 && workloads.All(w => IsCurrent(w.Object) && w.Component.Health == ComponentHealth.Healthy));
    }

    /// <summary>Whether a pod belongs to another template than the one that its workload was asked for last.</summary>
    private static bool IsOutdated(JsonObject pod, List<JsonObject> all)
    {
        if (Owner(pod, all) is not { } owner)
            return false;
        if (owner["kind"]!.ToString() == "StatefulSet")
            return !IsObserved(owner) || owner["status"]?["updateRevision"] is { } revision && revision.ToString() != pod["metadata"]!["labels"]?["controller-revision-hash"]?.ToString();
        if (owner["kind"]!.ToString() != "ReplicaSet" || Owner(owner, all) is not { } deployment)
            return false;
        return !IsObserved(deployment) || all.Any(o => o["kind"]!.ToString() == "ReplicaSet" && Owner(o, all) == deployment && Revision(o) > Revision(owner));
    }

    private static JsonObject? Owner(JsonObject o, List<JsonObject> all) => o["metadata"]!["ownerReferences"]?[0] is not { } reference ? null
        : all.Find(other => other["kind"]?.ToString() == reference["kind"]?.ToString() && other["metadata"]!["name"]?.ToString() == reference["name"]?.ToString());

    private static int Revision(JsonObject replicaSet) => int.TryParse(replicaSet["metadata"]!["annotations"]?["deployment.kubernetes.io/revision"]?.ToString(), out var revision) ? revision : 0;

    private static bool IsObserved(JsonObject workload) =>
        workload["status"]?["observedGeneration"] is not { } observed || Number(observed) >= Number(workload["metadata"]?["generation"]);

    private static DeployedComponent Component(JsonObject workload)
    {
        var kind = workload["kind"]!.ToString();
        var status = workload["status"] as JsonObject;
        var replicas = kind switch
        {
            "Job" => new ComponentReplicas(Number(workload["spec"]?["completions"], 1), Number(status?["succeeded"]), Number(status?["succeeded"])),
            "CronJob" => new(0, 0, 0),
            "DaemonSet" => new(Number(status?["desiredNumberScheduled"]), Number(status?["numberReady"]), Number(status?["numberAvailable"])),
            _ => new(Number(workload["spec"]?["replicas"], 1), Number(status?["readyReplicas"]), Number(status?["availableReplicas"] ?? status?["readyReplicas"])),
        };
        var health = kind == "CronJob" ? ComponentHealth.Healthy
            : status is null or { Count: 0 } ? ComponentHealth.Unknown
            : replicas.Ready >= replicas.Desired ? ComponentHealth.Healthy
            : replicas.Ready > 0 ? ComponentHealth.Degraded
            : ComponentHealth.Unhealthy;
        return new(workload["metadata"]!["name"]!.ToString(), kind, replicas, health);
    }

    /// <summary>Whether the status is about the workload as it was asked for last: right after an upgrade it is still about the old one.</summary>
    private static bool IsCurrent(JsonObject workload)
    {
        var (spec, status) = (workload["spec"], workload["status"]);
        if (!IsObserved(workload))
            return false;
        return workload["kind"]!.ToString() switch
        {
            "Deployment" => Number(status?["updatedReplicas"]) >= Number(spec?["replicas"], 1) && Number(status?["replicas"]) <= Number(spec?["replicas"], 1),
            "StatefulSet" => status?["updateRevision"] is null || status["updateRevision"]?.ToString() == status["currentRevision"]?.ToString() || Number(status["updatedReplicas"]) >= Number(spec?["replicas"], 1),
            _ => true,
        };
    }

    private static JsonNode? Condition(JsonObject o, string type) =>
        (o["status"]?["conditions"] as JsonArray)?.FirstOrDefault(c => c?["type"]?.ToString() == type && c["status"]?.ToString() == "True");

    private static int Number(JsonNode? node, int otherwise = 0) => node is JsonValue value && value.TryGetValue(out int number) ? number : otherwise;
}
