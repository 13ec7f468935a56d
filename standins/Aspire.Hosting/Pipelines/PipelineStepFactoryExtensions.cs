using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Adds pipeline steps to resources.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class PipelineStepFactoryExtensions
{
    /// <summary>Adds a step that belongs to the resource.</summary>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, string stepName, Func<PipelineStepContext, Task> callback,
        string[]? dependsOn = null, string[]? requiredBy = null, string[]? tags = null, string? description = null) where T : IResource =>
        builder.WithPipelineStepFactory(_ => new PipelineStep
        {
            Name = stepName,
            Description = description,
            Action = callback,
            DependsOnSteps = [.. dependsOn ?? []],
            RequiredBySteps = [.. requiredBy ?? []],
            Tags = [.. tags ?? []],
        });

    /// <summary>Adds a step that is made when the pipeline runs.</summary>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, PipelineStep> factory) where T : IResource =>
        builder.WithAnnotation(new PipelineStepAnnotation(factory));

    /// <summary>Adds steps that are made when the pipeline runs.</summary>
    public static IResourceBuilder<T> WithPipelineStepFactory<T>(this IResourceBuilder<T> builder, Func<PipelineStepFactoryContext, IEnumerable<PipelineStep>> factory) where T : IResource =>
        builder.WithAnnotation(new PipelineStepAnnotation(factory));
}
