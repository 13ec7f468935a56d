using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Floe.Tests.Clients;

namespace Floe.Tests.Polaris;

/// <summary>What the specifications say of one exchange.</summary>
/// <param name="Operation">The operation's id when it succeeded; null otherwise, or when no specification has such a route.</param>
/// <param name="Breaches">One sentence each.</param>
public sealed record Verdict(string? Operation, IReadOnlyList<string> Breaches);

/// <summary>
/// Judges every request and answer that the tests and Floe's own clients exchange with a catalog by the public OpenAPI descriptions of the
/// Iceberg REST catalog and of Polaris' management API (folder <c>FLOE_SPECS</c>), through npm's ajv. One node process for all tests.
/// </summary>
public sealed class ContractJudge
{
    private static readonly Lazy<ContractJudge?> s_shared = new(() => SpecificationFolder() is { } folder ? new ContractJudge(folder) : null);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Process _process;

    private ContractJudge(string specifications)
    {
        _process = Process.Start(new ProcessStartInfo("node", [NodeScript.PathOf("Polaris/contract.mjs"), specifications])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        // The script ends with its input, so with this process however it ends.
    }

    /// <summary>Null where the specifications are not there; then nothing is judged, and ContractTests are skipped and say so.</summary>
    public static ContractJudge? Shared => s_shared.Value;

    /// <summary>Operations that succeeded so far, in all tests.</summary>
    public ConcurrentDictionary<string, int> Covered { get; } = new();

    /// <summary>Judges an exchange and fails the running test when it breaks a specification.</summary>
    public static async Task CheckAsync(Exchange exchange)
    {
        if (Shared is not { } judge)
            return;
        var verdict = await judge.JudgeAsync(exchange);
        Assert.True(verdict.Breaches.Count == 0, string.Join('\n', verdict.Breaches));
    }

    public async Task<Verdict> JudgeAsync(Exchange exchange)
    {
        await _turn.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(exchange));
            await _process.StandardInput.FlushAsync();
            var line = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("contract.mjs ended; its last words are above.");
            var verdict = JsonSerializer.Deserialize<Verdict>(line, JsonSerializerOptions.Web)!;
            if (verdict.Operation is { } operation)
                Covered.AddOrUpdate(operation, 1, (_, count) => count + 1);
            return verdict;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static string? SpecificationFolder() =>
        Environment.GetEnvironmentVariable("FLOE_SPECS") is { Length: > 0 } folder
        && File.Exists(Path.Combine(folder, "iceberg-rest-catalog-open-api.yaml")) && File.Exists(Path.Combine(folder, "polaris-management-service.yml"))
            ? Path.GetFullPath(folder)
            : null;
}
