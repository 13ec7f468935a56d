using System.Text.Json.Nodes;
using Aspire.Hosting.Pipelines;
using Floe.AppHost.Evidence;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The step <c>verify</c>: <c>aspire do verify</c> beside a running stack.</summary>
internal static class VerifyStep
{
    private const string Name = "verify";

    /// <summary>Adds the step: every check is a line; the report is written as <c>evidence.json</c> into the output folder; a check that fails ends it with 1.</summary>
    public static void AddVerifyStep(this IDistributedApplicationBuilder builder, string worker) => builder.Pipeline.AddStep(new PipelineStep
    {
        Name = Name,
        Description = "Proves the running stack by facts",
        Action = context => RunAsync(context, Verification.AppHostPathOf(builder.Configuration), worker),
    });

    private static async Task RunAsync(PipelineStepContext context, string appHostPath, string worker)
    {
        await using var running = await AppHostSocket.FindAsync(appHostPath, null, context.CancellationToken)
            ?? throw new DistributedApplicationException($"Nothing runs to be verified: there is no running AppHost of '{appHostPath}'; start it with aspire run or dotnet run --project Floe.AppHost, and verify again from another shell.");
        var answer = await running.CallAsync("ExecuteResourceCommandAsync", new JsonObject { ["resourceName"] = worker, ["commandName"] = EvidenceBuilderExtensions.JsonCommand }, context.CancellationToken);
        if ((string?)answer?["value"]?["value"] is not { } json)
            throw new DistributedApplicationException($"The running AppHost gives no evidence: {answer?["message"]}");

        var report = EvidenceReport.FromJson(json);
        foreach (var check in report.Checks)
            context.Logger.Log(check.Status switch { EvidenceCheck.Fail => LogLevel.Error, EvidenceCheck.Skip => LogLevel.Warning, _ => LogLevel.Information }, "{Check}", check);
        var folder = context.Services.GetRequiredService<IPipelineOutputService>().GetOutputDirectory();
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, "evidence.json");
        await File.WriteAllTextAsync(file, report.ToJson(), context.CancellationToken);
        context.Logger.LogInformation("{Summary} The report is in '{File}'", report.Summary, file);
        if (report.Status == EvidenceCheck.Fail)
            throw new DistributedApplicationException($"{report.Summary} Each line above has both values.");
    }
}
