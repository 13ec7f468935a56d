using YamlDotNet.Serialization;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>The content of Chart.yaml.</summary>
internal sealed class HelmChart
{
    public string ApiVersion { get; } = "v2";

    public required string Name { get; init; }

    public required string Version { get; init; }

    public string KubeVersion { get; } = ">= 1.18.0-0";

    public required string Description { get; init; }

    public string Type { get; } = "application";

    public IReadOnlyList<string> Keywords { get; } = ["aspire", "kubernetes"];

    public string AppVersion => Version;

    public bool Deprecated { get; }

    /// <summary>The line by which a chart of this publisher is recognised.</summary>
    [YamlIgnore]
    public static string Mark => "- \"aspire\"";
}
