using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>Makes the steps that are always there. Most are only places in the order.</summary>
internal static class WellKnownSteps
{
    public static IEnumerable<PipelineStep> Create() =>
    [
        new()
        {
            Name = WellKnownPipelineSteps.ProcessParameters,
            Description = "Asks every parameter for its value",
            Action = ProcessParametersAsync,
        },
        Place(WellKnownPipelineSteps.BeforeStart, "Prepares deployment targets", WellKnownPipelineSteps.ProcessParameters),
        Place(WellKnownPipelineSteps.PublishPrereq, "Runs before anything is published", WellKnownPipelineSteps.BeforeStart),
        Place(WellKnownPipelineSteps.Publish, "Writes the deployment files", WellKnownPipelineSteps.PublishPrereq),
        Place(WellKnownPipelineSteps.BuildPrereq, "Runs before images are built", WellKnownPipelineSteps.BeforeStart),
        Place(WellKnownPipelineSteps.Build, "Builds the images", WellKnownPipelineSteps.BuildPrereq),
        Place(WellKnownPipelineSteps.PushPrereq, "Runs before images are pushed", WellKnownPipelineSteps.BeforeStart),
        Place(WellKnownPipelineSteps.Push, "Pushes the images", WellKnownPipelineSteps.PushPrereq),
        Place(WellKnownPipelineSteps.DeployPrereq, "Runs before anything is deployed", WellKnownPipelineSteps.BeforeStart),
        Place(WellKnownPipelineSteps.Deploy, "Deploys the application", WellKnownPipelineSteps.DeployPrereq),
        Place(WellKnownPipelineSteps.DestroyPrereq, "Runs before anything is destroyed", WellKnownPipelineSteps.BeforeStart),
        Place(WellKnownPipelineSteps.Destroy, "Removes what was deployed", WellKnownPipelineSteps.DestroyPrereq),
        new()
        {
            Name = WellKnownPipelineSteps.Diagnostics,
            Description = "Lists all steps and what they depend on",
            Action = ListStepsAsync,
        },
    ];

    private static PipelineStep Place(string name, string description, string dependsOn) =>
        new() { Name = name, Description = description, Action = _ => Task.CompletedTask, DependsOnSteps = [dependsOn] };

    private static async Task ProcessParametersAsync(PipelineStepContext context)
    {
        List<string> missing = [];
        foreach (var parameter in context.Model.Resources.OfType<ParameterResource>().Where(p => !p.Secret))
        {
            try
            {
                await parameter.GetValueAsync(context.CancellationToken).ConfigureAwait(false);
            }
            catch (MissingParameterValueException)
            {
                missing.Add(parameter.Name);
            }
        }

        if (missing.Count > 0)
        {
            context.Logger.LogWarning("No value for {Parameters}: written empty. Set the configuration key Parameters:<name>, or give a value when deploying.",
                string.Join(", ", missing.Select(name => $"parameter '{name}'")));
        }
    }

    private static async Task ListStepsAsync(PipelineStepContext context)
    {
        var pipeline = context.Services.GetRequiredService<DistributedApplicationPipeline>();
        var graph = await pipeline.CreateGraphAsync(context.PipelineContext).ConfigureAwait(false);
        foreach (var step in graph.Steps)
        {
            var before = graph.DependenciesOf(step.Name);
            context.Logger.LogInformation("{Step}: {Dependencies}", step.Name, before.Count == 0 ? "no dependencies" : $"after {string.Join(", ", before)}");
        }
    }
}
