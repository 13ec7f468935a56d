using System.Text.Json.Nodes;

namespace Floe.AppHost.Deployment;

/// <summary>Why a pod does not run, and what to do.</summary>
/// <param name="Pod">Name of the pod or job.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Remedy">What to do.</param>
/// <param name="IsFinal">Whether waiting longer cannot help.</param>
/// <param name="Container">The container whose last words tell more, or null.</param>
public sealed record PodProblem(string Pod, string What, string Remedy, bool IsFinal, string? Container = null)
{
    // A pod that came too early for a service it needs is started again; three times in a row it is not the order.
    private const int HopelessRestarts = 3;

    /// <summary>What is wrong with a pod; null when nothing is.</summary>
    public static PodProblem? Of(JsonObject pod)
    {
        var name = pod["metadata"]!["name"]!.ToString();
        // A pod on its way out belongs to the past.
        if (pod["metadata"]!["deletionTimestamp"] is not null)
            return null;
        var statuses = (pod["status"]?["initContainerStatuses"] as JsonArray ?? []).Concat(pod["status"]?["containerStatuses"] as JsonArray ?? []).OfType<JsonObject>();
        return statuses.Select(status => OfContainer(name, pod, status)).FirstOrDefault(problem => problem is not null) ?? OfScheduling(name, pod);
    }

    /// <inheritdoc />
    public override string ToString() => $"{Pod}: {What}. Remedy: {Remedy}";

    private static PodProblem? OfContainer(string pod, JsonObject whole, JsonObject status)
    {
        var container = status["name"]!.ToString();
        var waiting = status["state"]?["waiting"];
        var ended = status["state"]?["terminated"] ?? status["lastState"]?["terminated"];
        var restarts = status["restartCount"]?.GetValue<int>() ?? 0;
        var reason = waiting?["reason"]?.ToString();
        if (ended?["reason"]?.ToString() == "OOMKilled" && (reason is not null || restarts > 0))
            return new(pod, $"the container {container} needed more memory than its limit {Limit(whole, container)} and was killed (OOMKilled)",
                "give it more: a larger preset in the cluster mapping, or resources of its own in Floe:Publish:ValuesFile; on Docker Desktop also more memory for the machine", restarts >= HopelessRestarts || reason == "CrashLoopBackOff", container);
        return reason switch
        {
            "ImagePullBackOff" or "ErrImagePull" or "InvalidImageName" => new(pod, $"the image {status["image"]} cannot be pulled ({reason}{Message(waiting)})",
                "check that the image and its tag exist and that the cluster may pull it; load local images into the cluster (kind load docker-image, minikube image load), or name a registry with Floe:Publish:ImageRegistry", reason != "ErrImagePull", null),
            "CreateContainerConfigError" or "CreateContainerError" => new(pod, $"the container {container} cannot be made ({reason}{Message(waiting)})", "create the Secret or ConfigMap that it names; with global.credentialsSecret it must be there beforehand", IsFinal: true),
            "CrashLoopBackOff" => new(pod, $"the container {container} ends again and again with exit code {ended?["exitCode"]} (CrashLoopBackOff, {restarts} restarts)",
                $"see its last words: kubectl logs {pod} -c {container} --previous", restarts >= HopelessRestarts, container),
            _ => null,
        };
    }

    private static PodProblem? OfScheduling(string pod, JsonObject whole)
    {
        if (whole["status"]?["phase"]?.ToString() != "Pending")
            return null;
        var condition = (whole["status"]?["conditions"] as JsonArray ?? []).FirstOrDefault(c => c?["type"]?.ToString() == "PodScheduled" && c["status"]?.ToString() == "False");
        return condition is null ? null : new(pod, $"no node takes the pod (Pending): {condition["message"] ?? condition["reason"]}",
            "give the cluster more CPU or memory, choose a smaller preset, or provide the storage class that its claim asks for", IsFinal: false);
    }

    private static string Message(JsonNode? waiting) => waiting?["message"]?.ToString() is { Length: > 0 } message ? $": {message}" : "";

    private static string Limit(JsonObject pod, string container) =>
        (pod["spec"]?["containers"] as JsonArray ?? []).Concat(pod["spec"]?["initContainers"] as JsonArray ?? []).FirstOrDefault(c => c?["name"]?.ToString() == container)?["resources"]?["limits"]?["memory"]?.ToString() ?? "(none)";
}
