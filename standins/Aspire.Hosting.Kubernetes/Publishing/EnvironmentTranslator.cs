using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes.Resources;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Puts the variables of a resource into its ConfigMap and Secret, and their values into values.yaml.</summary>
internal sealed partial class EnvironmentTranslator(IResource resource, HelmValues values, ValueTranslator translator)
{
    // Between the quotes of a template file these characters would end or change the text.
    private static readonly System.Buffers.SearchValues<char> NeedsEscaping = System.Buffers.SearchValues.Create("\"\\\n\r\t");

    public Dictionary<string, string> Config { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Secrets { get; } = new(StringComparer.Ordinal);

    /// <exception cref="DistributedApplicationException">The name is none for Kubernetes, or the value has no form in a chart.</exception>
    public async Task AddAsync(string name, object? value, CancellationToken cancellationToken)
    {
        if (!VariableName().IsMatch(name))
        {
            throw new DistributedApplicationException(
                $"Resource '{resource.Name}' sets the environment variable '{name}', whose name Kubernetes refuses: letters, digits, '-', '_' and '.' only, and no digit first. Rename it, or set it in run mode only.");
        }

        // The variable's own key comes first in values.yaml, then the parameters inside its text.
        if (IsComposed(value))
        {
            var secret = HoldsSecret(value);
            values.Set(secret ? HelmValues.Secrets : HelmValues.Config, resource.Name, name, "");
            var text = await translator.TranslateAsync(value, cancellationToken).ConfigureAwait(false);
            (secret ? Secrets : Config)[name] = text.Text;
            return;
        }

        var translated = await translator.TranslateAsync(value, cancellationToken).ConfigureAwait(false);
        if (translated.Parameter is not null)
        {
            (translated.IsSecret ? Secrets : Config)[name] = translated.Text;
        }
        else if (translated.IsTemplate)
        {
            values.Set(HelmValues.Config, resource.Name, name, "");
            Config[name] = translated.Text;
        }
        else
        {
            var path = values.Set(HelmValues.Config, resource.Name, name, translated.Text);
            Config[name] = translated.Text.AsSpan().IndexOfAny(NeedsEscaping) >= 0 ? $"{{{{ {path} | toJson }}}}" : $"{{{{ {path} }}}}";
        }
    }

    public ConfigMap? ToConfigMap(Dictionary<string, string> labels)
    {
        if (Config.Count == 0)
        {
            return null;
        }

        var map = new ConfigMap { Metadata = Metadata(HelmNames.Config(resource.Name), labels) };
        Copy(Config, map.Data);
        return map;
    }

    public Secret? ToSecret(Dictionary<string, string> labels)
    {
        if (Secrets.Count == 0)
        {
            return null;
        }

        var secret = new Secret { Metadata = Metadata(HelmNames.Secrets(resource.Name), labels) };
        Copy(Secrets, secret.StringData);
        return secret;
    }

    internal static ObjectMetaV1 Metadata(string name, Dictionary<string, string> labels)
    {
        var metadata = new ObjectMetaV1 { Name = name };
        Copy(labels, metadata.Labels);
        return metadata;
    }

    internal static void Copy(Dictionary<string, string> from, Dictionary<string, string> to)
    {
        foreach (var (key, value) in from)
        {
            to[key] = value;
        }
    }

    [GeneratedRegex(@"^[-._a-zA-Z][-._a-zA-Z0-9]*$")]
    private static partial Regex VariableName();

    /// <summary>Whether the text is put together of several parts, at least one of them a parameter.</summary>
    private static bool IsComposed(object? value) => Expression(value) is { } expression && Parameters(expression).Any() && expression is not { Format: "{0}", ValueProviders.Count: 1 };

    private static bool HoldsSecret(object? value) => Expression(value) is { } expression && Parameters(expression).Any(p => p.Secret);

    private static ReferenceExpression? Expression(object? value) => value switch
    {
        ReferenceExpression { Format: "{0}", ValueProviders: [var only], StringFormats: [null] } => Expression(only) ?? (ReferenceExpression)value,
        ReferenceExpression expression => expression,
        ConnectionStringReference reference => Expression(reference.Resource),
        ParameterResource => null,
        IResourceWithConnectionString resource => Expression(resource.ConnectionStringExpression),
        IResourceBuilder<IResource> builder => Expression(builder.Resource),
        _ => null,
    };

    private static IEnumerable<ParameterResource> Parameters(object value) => value switch
    {
        ParameterResource parameter => [parameter],
        EndpointReference or EndpointReferenceExpression => [],
        IResourceWithConnectionString resource => Parameters(resource.ConnectionStringExpression),
        IValueWithReferences composed => composed.References.SelectMany(Parameters),
        _ => [],
    };
}
