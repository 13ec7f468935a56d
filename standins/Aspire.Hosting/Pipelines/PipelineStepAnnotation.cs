using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Makes the pipeline steps of a resource.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineStepAnnotation : IResourceAnnotation
{
    private readonly Func<PipelineStepFactoryContext, Task<IEnumerable<PipelineStep>>> _factory;

    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, PipelineStep> factory) =>
        _factory = context => Task.FromResult<IEnumerable<PipelineStep>>([factory(context)]);

    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, IEnumerable<PipelineStep>> factory) =>
        _factory = context => Task.FromResult(factory(context));

    public PipelineStepAnnotation(Func<PipelineStepFactoryContext, Task<IEnumerable<PipelineStep>>> factory) => _factory = factory;

    public Task<IEnumerable<PipelineStep>> CreateStepsAsync(PipelineStepFactoryContext context) => _factory(context);
}

/// <summary>What a resource gets to make its steps.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineStepFactoryContext
{
    public required PipelineContext PipelineContext { get; init; }

    public required IResource Resource { get; init; }
}
