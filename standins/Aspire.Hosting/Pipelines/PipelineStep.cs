using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>One step of the pipeline.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineStep
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public required Func<PipelineStepContext, Task> Action { get; init; }

    /// <summary>Names of the steps that run before this one.</summary>
    public List<string> DependsOnSteps { get; init; } = [];

    /// <summary>Names of the steps that run after this one, and bring it in when they are asked for.</summary>
    public List<string> RequiredBySteps { get; init; } = [];

    public List<string> Tags { get; init; } = [];

    /// <summary>The resource that brought the step.</summary>
    public IResource? Resource { get; set; }

    public void DependsOn(string stepName) => DependsOnSteps.Add(stepName);

    public void DependsOn(PipelineStep step) => DependsOnSteps.Add(step.Name);

    public void RequiredBy(string stepName) => RequiredBySteps.Add(stepName);

    public void RequiredBy(PipelineStep step) => RequiredBySteps.Add(step.Name);
}
