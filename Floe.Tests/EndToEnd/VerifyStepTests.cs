using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.EndToEnd;

/// <summary><c>aspire do verify</c> as a shell runs it: a process of its own that finds the running stack, and whose exit code says whether all holds.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class VerifyStepTests(FloeStackFixture floe) : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("floe-verify-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [SkippableFact]
    public async Task It_ends_with_1_when_a_check_fails_and_with_0_when_all_hold()
    {
        Skip.If(OperatingSystem.IsWindows(), "SKIPPED: the running AppHost is shown to the process by a link in a home directory of its own.");

        // Orders of another test's run would be counted with those of the verification.
        await floe.SettleAsync();
        // A secret in a console log of the stack: the checks, the command, the socket and the step are the real ones.
        var resources = floe.App.Services.GetRequiredService<DistributedApplicationModel>().Resources;
        var (logs, jaeger) = (floe.App.Services.GetRequiredService<ResourceLoggerService>(), resources.Single(r => r.Name == "jaeger"));
        logs.GetLogger(jaeger).LogInformation("{Leak}", await resources.OfType<ParameterResource>().Single(p => p.Name == "cube-api-secret").GetValueAsync(default));
        var (code, output, checks) = await VerifyAsync();
        Assert.True(code == 1, output);
        Assert.Contains("secrets", Of("fail", checks));
        Assert.Contains("FAIL secrets: cube-api-secret in console logs; expected none of ", output);

        logs.ClearBacklog("jaeger");
        (code, output, checks) = await VerifyAsync();
        Assert.True(code == 0, output);
        Assert.Equal(
            ["postgres", "store", "catalog", "marquez", "cube", "contract", "models", "read-only", "access", "batch", "totals-marts", "totals-cube", "lineage", "cube-sql", "trace", "secrets"],
            Of("pass", checks));
        Assert.Contains("16 of 16 checks hold, in ", output);

        static IEnumerable<string> Of(string status, JsonArray checks) => checks.Where(check => (string?)check!["status"] == status).Select(check => (string)check!["name"]!);
    }

    private async Task<(int Code, string Output, JsonArray Checks)> VerifyAsync()
    {
        // A machine may run other stacks of this checkout, of which the step takes the latest: here it sees one.
        var (sockets, home) = (Sockets(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile)), Sockets(_home));
        Directory.CreateDirectory(home);
        foreach (var socket in Directory.GetFiles(sockets, string.Create(CultureInfo.InvariantCulture, $"*.{Environment.ProcessId}")))
            if (!Path.Exists(Path.Combine(home, Path.GetFileName(socket))))
                File.CreateSymbolicLink(Path.Combine(home, Path.GetFileName(socket)), socket);
        var report = Path.Combine(_home, "report");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [AppHostProcess.AssemblyPath, "--operation", "publish", "--step", "verify", "--output-path", report])
        {
            WorkingDirectory = Path.GetDirectoryName(AppHostProcess.AssemblyPath), RedirectStandardOutput = true, RedirectStandardError = true, Environment = { ["HOME"] = _home },
        })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var error = process.StandardError.ReadToEndAsync(patience.Token);
        var output = await process.StandardOutput.ReadToEndAsync(patience.Token) + await error;
        await process.WaitForExitAsync(patience.Token);
        var file = Path.Combine(report, "evidence.json");
        Assert.True(File.Exists(file), output);
        return (process.ExitCode, output, JsonNode.Parse(await File.ReadAllTextAsync(file, patience.Token))!["checks"]!.AsArray());

        static string Sockets(string home) => Path.Combine(home, ".aspire", "cli", "bch");
    }
}
