using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.AppHost.Publishing.Schema;

namespace Floe.AppHost.Publishing.Clusters;

/// <summary>CPU and memory in Kubernetes' notation.</summary>
/// <param name="Cpu">Cores or thousandths of one: <c>2</c>, <c>250m</c>.</param>
/// <param name="Memory"><c>512Mi</c>, <c>2Gi</c>.</param>
public sealed partial record ResourceSpec(string Cpu, string Memory)
{
    /// <summary>Thousandths of a core.</summary>
    public int Millicores => Cpu.EndsWith('m') ? int.Parse(Cpu[..^1]) : int.Parse(Cpu) * 1000;

    /// <summary>Mebibytes.</summary>
    public int Mebibytes => int.Parse(Memory[..^2]) * (Memory.EndsWith("Gi", StringComparison.Ordinal) ? 1024 : 1);

    internal IEnumerable<Violation> Validate(string field)
    {
        if (!CpuForm().IsMatch(Cpu))
            yield return new($"{field}.cpu", $"is '{Cpu}', but must be whole cores or thousandths like 250m");
        if (!MemoryForm().IsMatch(Memory))
            yield return new($"{field}.memory", $"is '{Memory}', but must be a number with Mi or Gi");
    }

    internal JsonObject ToValues() => new() { ["cpu"] = Cpu, ["memory"] = Memory };

    [GeneratedRegex(@"^\d{1,6}m?\z")]
    private static partial Regex CpuForm();

    [GeneratedRegex(@"^\d{1,6}(Mi|Gi)\z")]
    private static partial Regex MemoryForm();
}

/// <summary>What a container is sure to get and may take at most.</summary>
public sealed record ResourceRequirements(ResourceSpec Requests, ResourceSpec Limits)
{
    internal IEnumerable<Violation> Validate(string field)
    {
        List<Violation> found = [.. Requests.Validate($"{field}.requests"), .. Limits.Validate($"{field}.limits")];
        if (found.Count > 0)
            return found;
        if (Requests.Millicores > Limits.Millicores)
            found.Add(new($"{field}.limits.cpu", $"is {Limits.Cpu}, less than the request of {Requests.Cpu}"));
        if (Requests.Mebibytes > Limits.Mebibytes)
            found.Add(new($"{field}.limits.memory", $"is {Limits.Memory}, less than the request of {Requests.Memory}"));
        return found;
    }

    internal JsonObject ToValues() => new() { ["requests"] = Requests.ToValues(), ["limits"] = Limits.ToValues() };
}
