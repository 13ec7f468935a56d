using YamlDotNet.Serialization;

namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>Any object of the Kubernetes API.</summary>
public abstract class BaseKubernetesObject(string? apiVersion = null, string? kind = null)
{
    [YamlMember(Alias = "apiVersion", Order = -3)]
    public string? ApiVersion { get; set; } = apiVersion;

    [YamlMember(Alias = "kind", Order = -2)]
    public string? Kind { get; set; } = kind;
}

/// <summary>An object with a name that a chart installs.</summary>
public abstract class BaseKubernetesResource(string? apiVersion = null, string? kind = null) : BaseKubernetesObject(apiVersion, kind)
{
    [YamlMember(Alias = "metadata", Order = -1)]
    public ObjectMetaV1 Metadata { get; set; } = new();
}

/// <summary>Name, labels and annotations.</summary>
public sealed class ObjectMetaV1
{
    public string? Name { get; set; }

    public string? Namespace { get; set; }

    public Dictionary<string, string> Labels { get; } = [];

    public Dictionary<string, string> Annotations { get; } = [];
}

/// <summary>Which objects belong to another.</summary>
public sealed class LabelSelectorV1
{
    public LabelSelectorV1()
    {
    }

    public LabelSelectorV1(Dictionary<string, string> matchLabels)
    {
        foreach (var (key, value) in matchLabels)
        {
            MatchLabels[key] = value;
        }
    }

    public Dictionary<string, string> MatchLabels { get; } = [];
}

/// <summary>A number, or the name of one (or a template that becomes a number).</summary>
public sealed class Int32OrStringV1
{
    public Int32OrStringV1(int value) => Number = value;

    public Int32OrStringV1(string value) => Text = value ?? throw new ArgumentNullException(nameof(value));

    public int? Number { get; }

    public string? Text { get; }

    public override string ToString() => Text ?? Number!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
