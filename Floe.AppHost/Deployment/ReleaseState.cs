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
    private const string Kinds = "deployments,statefulsets,daemonsets,jobs,cronjobs,pods";

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
        var workloads = all.Where(o => o["kind"]?.ToString() != "Pod").Select(o => (Object: o, Component: Component(o))).ToList();
        List<PodProblem> problems =
        [
            .. all.Where(o => o["kind"]?.ToString() == "Pod").Select(PodProblem.Of).OfType<PodProblem>(),
            .. workloads.Where(w => w.Component.Type == "Job" && Condition(w.Object, "Failed") is not null).Select(w => new PodProblem(
                w.Component.Name, $"the job failed: {Condition(w.Object, "Failed")!["message"] ?? Condition(w.Object, "Failed")!["reason"]}", $"see kubectl logs job/{w.Component.Name}; after the mend, deploy again", IsFinal: true)),
        ];
        return new([.. workloads.Select(w => w.Component)], problems, workloads.Count > 0 && workloads.All(w => IsCurrent(w.Object) && w.Component.Health == ComponentHealth.Healthy));
    }

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
        if (status?["observedGeneration"] is { } observed && Number(observed) < Number(workload["metadata"]?["generation"]))
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
