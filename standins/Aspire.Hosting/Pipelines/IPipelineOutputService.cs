using System.Diagnostics.CodeAnalysis;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Pipelines;

/// <summary>Where steps write.</summary>
[Experimental("ASPIREPIPELINES004")]
public interface IPipelineOutputService
{
    /// <summary>The folder given by <c>--output-path</c>; else <c>aspire-output</c> beside the AppHost.</summary>
    string GetOutputDirectory();

    /// <summary>The resource's own folder in the output folder.</summary>
    string GetOutputDirectory(IResource resource);

    /// <summary>A temporary folder that is removed with the application.</summary>
    string GetTempDirectory();

    /// <summary>The resource's own folder in the temporary folder.</summary>
    string GetTempDirectory(IResource resource);
}
