namespace Floe.AppHost.Tools;

/// <summary>The kubectl command line.</summary>
/// <param name="Command">Path or name of the program.</param>
/// <param name="Context">Context in the kubeconfig; null: the current one.</param>
public sealed record Kubectl(string Command, string? Context = null)
{
    private const string Remedy = "install kubectl (https://kubernetes.io/docs/tasks/tools), or name it with Floe:Deploy:Kubectl or Floe:Preflight:Kubectl";

    /// <summary>Runs it to its end.</summary>
    public Task<ToolResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken, string? input = null) =>
        ToolProcess.RunAsync(Command, Context is null ? arguments : arguments.Append("--context").Append(Context), Remedy, cancellationToken, input);
}
