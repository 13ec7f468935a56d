using System.Diagnostics.CodeAnalysis;

namespace Aspire.Hosting.Pipelines;

/// <summary>Steps that are always there; own steps hang themselves before or behind them.</summary>
[Experimental("ASPIREPIPELINES001")]
public static class WellKnownPipelineSteps
{
    /// <summary>Asks every parameter for its value.</summary>
    public const string ProcessParameters = "process-parameters";

    /// <summary>Compute environments make their deployment targets before this.</summary>
    public const string BeforeStart = "before-start";

    public const string PublishPrereq = "publish-prereq";

    public const string Publish = "publish";

    public const string BuildPrereq = "build-prereq";

    public const string Build = "build";

    public const string PushPrereq = "push-prereq";

    public const string Push = "push";

    public const string DeployPrereq = "deploy-prereq";

    public const string Deploy = "deploy";

    public const string DestroyPrereq = "destroy-prereq";

    public const string Destroy = "destroy";

    /// <summary>Lists all steps with what they depend on.</summary>
    public const string Diagnostics = "diagnostics";
}
