namespace Floe.AppHost.Tools;

/// <summary>The helm command line.</summary>
/// <param name="Command">Path or name of the program.</param>
/// <param name="KubeContext">Context in the kubeconfig; null: the current one.</param>
public sealed record Helm(string Command, string? KubeContext = null)
{
    private const string Remedy = "install Helm (https://helm.sh), or name it with Floe:Deploy:Helm or Floe:Publish:Helm";

    /// <summary>The configured program, or the one on the path; whether it is there shows when it runs.</summary>
    public static Helm Find(string? configured, string? kubeContext = null) => new(configured ?? "helm", kubeContext);

    /// <summary>The objects of a chart with values, as YAML.</summary>
    public Task<ToolResult> TemplateAsync(string release, string chart, string targetNamespace, string valuesFile, CancellationToken cancellationToken) =>
        RunAsync(["template", release, chart, "--namespace", targetNamespace, "--values", valuesFile], cancellationToken);

    /// <summary>Installs a release or brings it up to date; does not wait for its pods.</summary>
    public Task<ToolResult> UpgradeAsync(string release, string chart, string targetNamespace, string valuesFile, string description, CancellationToken cancellationToken) =>
        RunAsync(["upgrade", release, chart, "--install", "--create-namespace", "--namespace", targetNamespace, "--values", valuesFile, "--description", description, "--output", "json", .. Context], cancellationToken);

    /// <summary>Runs the release's own tests.</summary>
    public Task<ToolResult> TestAsync(string release, string targetNamespace, CancellationToken cancellationToken) =>
        RunAsync(["test", release, "--namespace", targetNamespace, "--timeout", "2m", .. Context], cancellationToken);

    /// <summary>Goes back to an earlier revision.</summary>
    public Task<ToolResult> RollbackAsync(string release, int revision, string targetNamespace, CancellationToken cancellationToken) =>
        RunAsync(["rollback", release, $"{revision}", "--namespace", targetNamespace, .. Context], cancellationToken);

    /// <summary>Removes a release and waits until its objects are gone.</summary>
    public Task<ToolResult> UninstallAsync(string release, string targetNamespace, CancellationToken cancellationToken) =>
        RunAsync(["uninstall", release, "--namespace", targetNamespace, "--wait", "--timeout", "2m", .. Context], cancellationToken);

    private IEnumerable<string> Context => KubeContext is null ? [] : ["--kube-context", KubeContext];

    private Task<ToolResult> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) => ToolProcess.RunAsync(Command, arguments, Remedy, cancellationToken);
}
