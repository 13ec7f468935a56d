using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.AppHost.Tools;

namespace Floe.AppHost.Preflight.Checks;

/// <summary>The cluster that kubectl speaks to: context, version, memory, and the local ports of the documented port-forwards.</summary>
internal static class ClusterCheck
{
    // The charts' kubeVersion.
    private const int LeastMinorVersion = 25;

    private const long Mebibyte = 1024 * 1024;
    private const long LeastMemory = 4096 * Mebibyte;
    private const long GoodMemory = 8192 * Mebibyte;

    public static async Task<CheckFinding> RunAsync(PreflightConfig config, CancellationToken cancellationToken)
    {
        var kubectl = new Kubectl(config.Kubectl, config.ClusterContext);
        var context = config.ClusterContext ?? await CurrentContextAsync(kubectl, cancellationToken);
        var version = await VersionAsync(kubectl, context, cancellationToken);
        var memory = await MemoryAsync(kubectl, cancellationToken);
        var details = new JsonObject { ["context"] = context, ["version"] = $"1.{version}", ["memory_mib"] = memory / Mebibyte };

        if (version < LeastMinorVersion)
            throw new CheckFailedException($"the cluster {context} is Kubernetes 1.{version}, and Floe's charts need 1.{LeastMinorVersion}", "update the cluster, or choose another with Floe:Preflight:ClusterContext");
        if (memory < LeastMemory)
            throw new CheckFailedException($"the nodes of {context} have {memory / Mebibyte} MiB for pods, and the stack needs {LeastMemory / Mebibyte}", "give Docker Desktop more memory (Settings, Resources), or add a node");
        var taken = config.Ports.Where(IsTaken).ToList();
        if (taken.Count > 0)
            throw new CheckFailedException($"the local port{(taken.Count > 1 ? "s" : "")} {string.Join(", ", taken)} {(taken.Count > 1 ? "are" : "is")} taken", "stop what listens there, or forward to other ports: kubectl port-forward svc/NAME OTHER:PORT");
        return new($"{context}: Kubernetes 1.{version}, {memory / Mebibyte} MiB for pods{(config.Ports.Count > 0 ? $", ports {string.Join(", ", config.Ports)} free" : "")}", details,
            memory < GoodMemory ? $"{GoodMemory / Mebibyte} MiB let all services start at once; give Docker Desktop more memory if pods are OOMKilled or Pending" : null);
    }

    private static async Task<string> CurrentContextAsync(Kubectl kubectl, CancellationToken cancellationToken)
    {
        var current = await kubectl.RunAsync(["config", "current-context"], cancellationToken);
        return current.ExitCode == 0 && current.Output.Trim() is { Length: > 0 } context ? context
            : throw new CheckFailedException("kubectl has no current context", "start Kubernetes in Docker Desktop, or choose a cluster: kubectl config use-context NAME");
    }

    private static async Task<int> VersionAsync(Kubectl kubectl, string context, CancellationToken cancellationToken)
    {
        var answer = await kubectl.RunAsync(["version", "--output", "json"], cancellationToken);
        var server = Parse(answer.Output)?["serverVersion"];
        var minor = new string([.. (server?["minor"]?.ToString() ?? "").TakeWhile(char.IsAsciiDigit)]);
        return int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : throw new CheckFailedException($"the cluster {context} does not answer: {answer.Reason}", "start the cluster (Docker Desktop: Settings, Kubernetes), and check the context with kubectl cluster-info");
    }

    private static async Task<long> MemoryAsync(Kubectl kubectl, CancellationToken cancellationToken)
    {
        var answer = await kubectl.RunAsync(["get", "nodes", "--output", "json"], cancellationToken);
        if (answer.ExitCode != 0)
            throw new CheckFailedException($"the cluster's nodes cannot be listed: {answer.Reason}", "ask for the right to get nodes, or check with kubectl auth can-i list nodes");
        return (Parse(answer.Output)?["items"] as JsonArray ?? []).Sum(node => Bytes(node?["status"]?["allocatable"]?["memory"]?.ToString() ?? "0"));
    }

    private static long Bytes(string quantity)
    {
        var digits = new string([.. quantity.TakeWhile(char.IsAsciiDigit)]);
        var unit = quantity[digits.Length..] switch { "Ki" => 1024, "Mi" => Mebibyte, "Gi" => 1024 * Mebibyte, "k" => 1000, "M" => 1_000_000, "G" => 1_000_000_000, _ => 1L };
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number * unit : 0;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsTaken(int port)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
        {
            return true;
        }
    }
}
