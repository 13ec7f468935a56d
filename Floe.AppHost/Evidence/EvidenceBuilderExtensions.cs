using Floe.AppHost.Evidence;

namespace Aspire.Hosting;

/// <summary>Proof by facts: commands of the running stack, and the step that calls them from a shell.</summary>
internal static class EvidenceBuilderExtensions
{
    /// <summary>The command whose result is the report as JSON; for programs.</summary>
    public const string JsonCommand = "evidence";

    /// <summary>Adds the command Verify to the worker, with the rights to ask CubeProxy.</summary>
    public static IResourceBuilder<ProjectResource> WithEvidence(
        this IResourceBuilder<ProjectResource> worker, IResourceBuilder<ProjectResource> cubeproxy, IResourceBuilder<ParameterResource> apiSecret, IResourceBuilder<ParameterResource> sqlPassword)
    {
        if (worker.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            worker.ApplicationBuilder.AddVerifyStep(worker.Resource.Name);
            return worker;
        }

        var stack = new StackUnderTest(worker.GetEndpoint("http"), cubeproxy.GetEndpoint("http"), cubeproxy.GetEndpoint(SqlApiBuilderExtensions.EndpointName), apiSecret.Resource, sqlPassword.Resource);
        return worker
            .WithEnvironment("Evidence__CubeUrl", stack.Cube)
            .WithCommand("verify", "Verify", context => VerifyAsync(context, report => report.ToMarkdown(), CommandResultFormat.Markdown), new CommandOptions
            {
                Description = "Proves the stack by facts: services, tables, sums, a batch of 10 orders on its way to the answer, lineage, trace, rights, secrets.",
                IconName = "ShieldCheckmark",
                IsHighlighted = true,
                UpdateState = WhenRunning,
            })
            .WithCommand(JsonCommand, "Verify, as JSON", context => VerifyAsync(context, report => report.ToJson(), CommandResultFormat.Json), new CommandOptions
            {
                Description = "The same, for programs.",
                Visibility = ResourceCommandVisibility.Api,
                UpdateState = WhenRunning,
            });

        async Task<ExecuteCommandResult> VerifyAsync(ExecuteCommandContext context, Func<EvidenceReport, string> show, CommandResultFormat format)
        {
            var report = await new Verification(stack, context.Services).RunAsync(context.CancellationToken);
            var result = new CommandResultData { Value = show(report), Format = format, DisplayImmediately = true };
            return report.Status == EvidenceCheck.Fail ? CommandResults.Failure(report.Summary, result) : CommandResults.Success(report.Summary, result);
        }
    }

    private static ResourceCommandState WhenRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
}
