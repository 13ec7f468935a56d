using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Aspire.Hosting.Pipelines;

/// <summary>Collects steps from the AppHost and its resources and runs them in the order of their dependencies, independent ones side by side.</summary>
internal sealed class DistributedApplicationPipeline : IDistributedApplicationPipeline
{
    private readonly List<PipelineStep> _steps = [.. WellKnownSteps.Create()];
    private readonly List<Func<PipelineConfigurationContext, Task>> _configurations = [];

    public void AddStep(string name, Func<PipelineStepContext, Task> action, object? dependsOn = null, object? requiredBy = null) => AddStep(new PipelineStep
    {
        Name = name,
        Action = action,
        DependsOnSteps = Names(dependsOn, nameof(dependsOn)),
        RequiredBySteps = Names(requiredBy, nameof(requiredBy)),
    });

    public void AddStep(PipelineStep step)
    {
        if (_steps.Any(s => s.Name == step.Name))
        {
            throw new InvalidOperationException($"The pipeline already has a step named '{step.Name}'; names of steps are unique.");
        }

        _steps.Add(step);
    }

    public void AddPipelineConfiguration(Func<PipelineConfigurationContext, Task> callback) => _configurations.Add(callback);

    /// <summary>All steps, those of the resources included, checked.</summary>
    public async Task<PipelineGraph> CreateGraphAsync(PipelineContext context)
    {
        List<PipelineStep> steps = [.. _steps];
        foreach (var resource in context.Model.Resources)
        {
            foreach (var annotation in resource.Annotations.OfType<PipelineStepAnnotation>())
            {
                var made = await annotation.CreateStepsAsync(new PipelineStepFactoryContext { PipelineContext = context, Resource = resource }).ConfigureAwait(false);
                foreach (var step in made)
                {
                    step.Resource ??= resource;
                    steps.Add(step);
                }
            }
        }

        var configuration = new PipelineConfigurationContext { Services = context.Services, Steps = steps, Model = context.Model };
        foreach (var callback in _configurations.Concat(context.Model.Resources.SelectMany(r => r.Annotations.OfType<PipelineConfigurationAnnotation>()).Select(a => a.Callback)))
        {
            await callback(configuration).ConfigureAwait(false);
        }

        return new PipelineGraph(steps);
    }

    public async Task ExecuteAsync(PipelineContext context)
    {
        var options = context.Services.GetRequiredService<IOptions<PipelineOptions>>().Value;
        var graph = await CreateGraphAsync(context).ConfigureAwait(false);
        var order = graph.OrderFor(options.Step is { Length: > 0 } step ? step : WellKnownPipelineSteps.Publish);

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        context.CancellationToken = stop.Token;
        var run = new PipelineRun(graph, context, context.Services.GetRequiredService<PipelineActivities>(), options, stop);
        await run.ExecuteAsync(order).ConfigureAwait(false);
    }

    private static List<string> Names(object? names, string parameter) => names switch
    {
        null => [],
        string name => [name],
        IEnumerable<string> list => [.. list],
        _ => throw new ArgumentException($"'{parameter}' is a step's name or a list of names, not {names.GetType().Name}.", parameter),
    };
}
