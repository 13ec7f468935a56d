using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Lets a resource change steps before their order is made.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineConfigurationAnnotation(Func<PipelineConfigurationContext, Task> callback) : IResourceAnnotation
{
    public PipelineConfigurationAnnotation(Action<PipelineConfigurationContext> callback) : this(context =>
    {
        callback(context);
        return Task.CompletedTask;
    })
    {
    }

    public Func<PipelineConfigurationContext, Task> Callback { get; } = callback;
}
