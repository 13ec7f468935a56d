using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>The steps of publishing and deploying, and their order.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IDistributedApplicationPipeline
{
    /// <param name="name">Unique in the pipeline.</param>
    /// <param name="action">What the step does.</param>
    /// <param name="dependsOn">A step's name or a list of names that run before.</param>
    /// <param name="requiredBy">A step's name or a list of names that run after.</param>
    /// <exception cref="InvalidOperationException">There is a step of this name.</exception>
    void AddStep(string name, Func<PipelineStepContext, Task> action, object? dependsOn = null, object? requiredBy = null);

    /// <exception cref="InvalidOperationException">There is a step of this name.</exception>
    void AddStep(PipelineStep step);

    /// <summary>Called with all steps before the order is made; may change dependencies.</summary>
    void AddPipelineConfiguration(Func<PipelineConfigurationContext, Task> callback);

    /// <summary>Runs the step named by <c>Pipeline:Step</c> (default <c>publish</c>) after everything it depends on.</summary>
    /// <exception cref="DistributedApplicationException">Unknown step, cyclic dependencies, or a step failed.</exception>
    Task ExecuteAsync(PipelineContext context);
}
