using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Pipelines;

/// <summary>One execution of the pipeline.</summary>
[Experimental("ASPIREPIPELINES001")]
public sealed class PipelineContext(
    DistributedApplicationModel model, DistributedApplicationExecutionContext executionContext, IServiceProvider serviceProvider, ILogger logger, CancellationToken cancellationToken)
{
    public DistributedApplicationModel Model { get; } = model;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    public IServiceProvider Services { get; } = serviceProvider;

    public ILogger Logger { get; } = logger;

    public CancellationToken CancellationToken { get; set; } = cancellationToken;

    /// <summary>Shown when the pipeline has ended.</summary>
    public PipelineSummary Summary { get; } = new();
}

/// <summary>What a step gets when it runs.</summary>
[Experimental("ASPIREPIPELINES001")]
public sealed class PipelineStepContext
{
    public required PipelineContext PipelineContext { get; init; }

    /// <summary>Reports progress to the console and the aspire CLI.</summary>
    public required IReportingStep ReportingStep { get; init; }

    public DistributedApplicationModel Model => PipelineContext.Model;

    public DistributedApplicationExecutionContext ExecutionContext => PipelineContext.ExecutionContext;

    public IServiceProvider Services => PipelineContext.Services;

    /// <summary>Writes into the step's own log, shown with the step.</summary>
    public ILogger Logger => field ??= new Reporting.StepLogger(ReportingStep);

    public CancellationToken CancellationToken => PipelineContext.CancellationToken;

    public PipelineSummary Summary => PipelineContext.Summary;
}

/// <summary>All steps, before their order is made.</summary>
[Experimental("ASPIREPIPELINES001")]
public class PipelineConfigurationContext
{
    public required IServiceProvider Services { get; init; }

    public required IReadOnlyList<PipelineStep> Steps { get; init; }

    public required DistributedApplicationModel Model { get; init; }

    public IEnumerable<PipelineStep> GetSteps(string tag) => Steps.Where(step => step.Tags.Contains(tag));

    public IEnumerable<PipelineStep> GetSteps(IResource resource) => Steps.Where(step => step.Resource == resource);

    public IEnumerable<PipelineStep> GetSteps(IResource resource, string tag) => GetSteps(resource).Where(step => step.Tags.Contains(tag));
}
