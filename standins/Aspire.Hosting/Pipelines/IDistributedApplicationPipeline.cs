using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>The steps that publish the application.</summary>
[Experimental("ASPIREPIPELINES001")]
public interface IDistributedApplicationPipeline;
