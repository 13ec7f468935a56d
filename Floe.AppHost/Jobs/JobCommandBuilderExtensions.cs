using System.Text.Json.Nodes;
using Floe.AppHost.Jobs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The worker's jobs as commands of the dashboard and of <c>aspire resource seedworker …</c>: each waits for the run's end and says what came of it.</summary>
internal static class JobCommandBuilderExtensions
{
    /// <summary>Adds the commands.</summary>
    public static IResourceBuilder<ProjectResource> WithJobCommands(this IResourceBuilder<ProjectResource> worker) => worker
        .WithJob("seed_demo_data", "Seed now", "seed_demo_data", null, new()
        {
            Description = "Writes the demo data into empty tables and builds the models; leaves tables with data alone.",
            ConfirmationMessage = "Write the demo data (1,000 customers, 5,000 orders) where the tables are empty, and build the models?",
            IconName = "DatabaseArrowDown",
        })
        .WithJob("generate_orders", "Generate 100 orders", "generate_orders", new() { ["orders"] = 100 }, new()
        {
            Description = "Writes a batch of 100 new orders and brings the models up to date.",
            IconName = "AddCircle",
            IsHighlighted = true,
        })
        .WithJob("burst", "Burst 10 s", "generate_orders", new() { ["rate"] = 100, ["seconds"] = 10 }, new()
        {
            Description = "100 orders a second for 10 s, a batch every second; then the models.",
            ConfirmationMessage = "Write 1,000 orders within 10 seconds?",
            IconName = "TopSpeed",
        })
        .WithJob("transform", "Run transforms", "transform", null, new()
        {
            Description = "Brings the models up to date with the raw tables.",
            IconName = "ArrowSyncCircle",
        })
        .WithJob("maintain", "Run maintenance", "maintain", null, new()
        {
            Description = "Puts small files together and removes snapshots and files that are not needed any more.",
            ConfirmationMessage = "Put small files together, and remove snapshots and files that nobody needs any more?",
            IconName = "Broom",
        })
        .WithJob("backup", "Back up", "backup", null, new()
        {
            Description = "Copies catalog and store to the folder of backups.",
            IconName = "Save",
        });

    private static IResourceBuilder<ProjectResource> WithJob(this IResourceBuilder<ProjectResource> worker, string name, string display, string job, JsonObject? parameters, CommandOptions options)
    {
        options.UpdateState = context => context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
        return worker.WithCommand(name, display, context => RunAsync(worker.GetEndpoint("http"), display, job, parameters, context), options);
    }

    private static async Task<ExecuteCommandResult> RunAsync(EndpointReference endpoint, string display, string job, JsonObject? parameters, ExecuteCommandContext context)
    {
        using var http = context.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        // A run takes what it takes.
        http.Timeout = Timeout.InfiniteTimeSpan;
        var worker = new WorkerApi(http, endpoint.Url);
        var last = "";
        var started = await worker.StartAsync(job, parameters?.DeepClone().AsObject(), context.CancellationToken);
        var run = await worker.FollowAsync((string)started["id"]!, change =>
        {
            if (RunText.Progress(change) is var progress && progress != last)
                context.Logger.LogInformation("{Command}: {Progress}", display, last = progress);
        }, context.CancellationToken);
        var (summary, result) = (RunText.Summary(display, run), new CommandResultData { Value = RunText.Steps(run), Format = CommandResultFormat.Markdown, DisplayImmediately = true });
        return (string?)run["state"] == "completed" ? CommandResults.Success(summary, result) : CommandResults.Failure(summary, result);
    }
}
