using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dcp;

/// <summary>
/// One run of DCP. It watches this process and cleans up when it is gone, however that happens; so the detached process
/// needs no care here beyond a clean end.
/// </summary>
internal sealed partial class DcpServer(DcpLocator locator, IConfiguration configuration, ILogger<DcpServer> logger, TimeProvider time)
{
    // Of the AppHost itself; a resource must not listen on the dashboard's URL or take the AppHost's environment.
    private static readonly string[] OwnVariables = ["ASPNETCORE_URLS", "ASPNETCORE_ENVIRONMENT", "DOTNET_ENVIRONMENT", "DOTNET_LAUNCH_PROFILE"];
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <exception cref="DistributedApplicationException">DCP is missing or does not start.</exception>
    public async Task<DcpClient> StartAsync(CancellationToken cancellationToken)
    {
        var program = locator.Dcp;
        var folder = Directory.CreateTempSubdirectory("aspire-dcp-").FullName; // 0700
        var certificate = DcpCertificate.Write(Path.Combine(folder, "tls.pem"), Path.Combine(folder, "tls.key"), time.GetUtcNow());
        var kubeconfig = Path.Combine(folder, "kubeconfig");
        var started = time.GetTimestamp();
        await RunAsync(program, folder, kubeconfig, cancellationToken).ConfigureAwait(false);
        var (server, token) = await ReadKubeconfigAsync(kubeconfig, cancellationToken).ConfigureAwait(false);
        var client = new DcpClient(server, token, certificate, folder, time);
        await client.WaitUntilAnsweringAsync(StartTimeout, cancellationToken).ConfigureAwait(false);
        logger.LogDebug("DCP answers after {Elapsed}.", time.GetElapsedTime(started));
        return client;
    }

    /// <summary>Which container runtime answers, if any.</summary>
    public async Task<DcpContainersInfo> GetContainerRuntimeAsync(CancellationToken cancellationToken)
    {
        var start = NewStartInfo(locator.Dcp);
        start.ArgumentList.Add("info");
        AddRuntime(start);
        using var process = Process.Start(start) ?? throw new DistributedApplicationException($"'{locator.Dcp}' could not be started.");
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
        await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        if (process.ExitCode != 0) logger.LogDebug("'dcp info' ended with exit code {ExitCode}: {Error}", process.ExitCode, await error.ConfigureAwait(false));
        var json = output.IndexOf('{');
        return json < 0 ? new DcpContainersInfo() : System.Text.Json.JsonSerializer.Deserialize(output[json..], DcpJson.Default.DcpInfo)?.Containers ?? new DcpContainersInfo();
    }

    private async Task RunAsync(string program, string folder, string kubeconfig, CancellationToken cancellationToken)
    {
        var start = NewStartInfo(program);
        foreach (var argument in (ReadOnlySpan<string>)["start-apiserver", "--detach", "--monitor", Environment.ProcessId.ToString(CultureInfo.InvariantCulture), "--monitor-interval", "1",
            "--kubeconfig", kubeconfig, "--tls-cert-file", Path.Combine(folder, "tls.pem"), "--tls-key-file", Path.Combine(folder, "tls.key")])
        {
            start.ArgumentList.Add(argument);
        }

        AddRuntime(start);
        start.Environment["DCP_SESSION_FOLDER"] = folder;
        start.Environment["DCP_IP_VERSION_PREFERENCE"] = "IPv4";
        foreach (var name in OwnVariables) start.Environment.Remove(name);
        using var process = Process.Start(start) ?? throw new DistributedApplicationException($"'{program}' could not be started.");
        // The detached server inherits both pipes, so the end of the output is not waited for.
        var errors = new List<string>();
        process.ErrorDataReceived += (_, line) => { if (line.Data is { Length: > 0 } text) lock (errors) errors.Add(text); };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        while (!process.HasExited) await Task.Delay(5, cancellationToken).ConfigureAwait(false);
        if (process.ExitCode == 0) return;
        string reason;
        lock (errors) reason = string.Join(" ", errors);
        throw new DistributedApplicationException($"Aspire's orchestrator '{program}' did not start (exit code {process.ExitCode}): {reason}");
    }

    private async Task<(Uri Server, string Token)> ReadKubeconfigAsync(string file, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var text = File.Exists(file) ? await File.ReadAllTextAsync(file, cancellationToken).ConfigureAwait(false) : "";
            if (ServerLine().Match(text) is { Success: true } server && TokenLine().Match(text) is { Success: true } token)
            {
                return (new Uri(server.Groups[1].Value), token.Groups[1].Value);
            }

            if (time.GetElapsedTime(started) > StartTimeout) throw new DistributedApplicationException($"Aspire's orchestrator did not write '{file}' within {StartTimeout.TotalSeconds:0} s. See the logs of dcp (set DCP_DIAGNOSTICS_LOG_FOLDER and DCP_DIAGNOSTICS_LOG_LEVEL=debug).");
            await Task.Delay(10, cancellationToken).ConfigureAwait(false);
        }
    }

    private void AddRuntime(ProcessStartInfo start)
    {
        var runtime = configuration["DcpPublisher:ContainerRuntime"] ?? configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        if (string.IsNullOrEmpty(runtime)) return;
        start.ArgumentList.Add("--container-runtime");
        start.ArgumentList.Add(runtime);
    }

    private static ProcessStartInfo NewStartInfo(string program) => new(program)
    {
        UseShellExecute = false,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = false,
    };

    [GeneratedRegex(@"server:\s*(\S+)")]
    private static partial Regex ServerLine();

    [GeneratedRegex(@"token:\s*(\S+)")]
    private static partial Regex TokenLine();
}
