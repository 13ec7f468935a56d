using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Kubernetes.Publishing;

/// <summary>Turns values of the model (texts, endpoints, parameters, expressions) into chart texts for one consumer.</summary>
internal sealed class ValueTranslator(IResource consumer, HelmValues values, Func<IResource, IReadOnlyList<KubernetesPort>> portsOf)
{
    /// <exception cref="DistributedApplicationException">The value has no form in a chart.</exception>
    public async ValueTask<HelmText> TranslateAsync(object? value, CancellationToken cancellationToken) => value switch
    {
        null => new HelmText(""),
        string text => new HelmText(text),
        ChartText text => new HelmText(text.Text, text.IsTemplate),
        bool flag => new HelmText(flag ? "true" : "false"),
        EndpointReference endpoint => Endpoint(endpoint, EndpointProperty.Url),
        EndpointReferenceExpression part => Endpoint(part.Endpoint, part.Property),
        ParameterResource parameter => await ParameterAsync(parameter, cancellationToken).ConfigureAwait(false),
        ConnectionStringReference reference => await TranslateAsync(reference.Resource, cancellationToken).ConfigureAwait(false),
        IResourceWithConnectionString resource => await TranslateAsync(resource.ConnectionStringExpression, cancellationToken).ConfigureAwait(false),
        ReferenceExpression expression => await ExpressionAsync(expression, cancellationToken).ConfigureAwait(false),
        ExternalServiceResource { Uri: { } uri } => new HelmText(uri.ToString()),
        ExternalServiceResource { UrlParameter: { } parameter } => await ParameterAsync(parameter, cancellationToken).ConfigureAwait(false),
        IResourceBuilder<IResource> builder => await TranslateAsync(builder.Resource, cancellationToken).ConfigureAwait(false),
        IFormattable number => new HelmText(number.ToString(null, CultureInfo.InvariantCulture)),
        _ => throw new DistributedApplicationException(
            $"Resource '{consumer.Name}' uses a value of type {value.GetType().Name}, which has no form in a Helm chart; use text, an endpoint, a parameter or a ReferenceExpression of these."),
    };

    private HelmText Endpoint(EndpointReference reference, EndpointProperty property)
    {
        var owner = reference.Resource;
        var port = portsOf(owner).FirstOrDefault(p => string.Equals(p.Endpoint.Name, reference.EndpointName, StringComparison.OrdinalIgnoreCase))
            ?? throw new DistributedApplicationException($"Resource '{consumer.Name}' refers to the endpoint '{reference.EndpointName}' of '{owner.Name}', which has none of that name.");
        var (scheme, host) = (port.Endpoint.UriScheme, HelmNames.Service(owner.Name));
        return property switch
        {
            EndpointProperty.Url => new HelmText($"{scheme}://{host}:{port.Public.InText}", port.Public.IsTemplate),
            EndpointProperty.Host or EndpointProperty.IPV4Host => new HelmText(host),
            EndpointProperty.Port => new HelmText(port.Public.InText, port.Public.IsTemplate),
            EndpointProperty.HostAndPort => new HelmText($"{host}:{port.Public.InText}", port.Public.IsTemplate),
            EndpointProperty.TargetPort => new HelmText(port.Target.InText, port.Target.IsTemplate),
            EndpointProperty.Scheme => new HelmText(scheme),
            EndpointProperty.TlsEnabled => new HelmText(port.Endpoint.TlsEnabled.ToString()),
            _ => throw new DistributedApplicationException($"The property '{property}' of endpoint '{reference.EndpointName}' of '{owner.Name}' has no form in a Helm chart."),
        };
    }

    private async ValueTask<HelmText> ParameterAsync(ParameterResource parameter, CancellationToken cancellationToken)
    {
        var root = parameter.Secret ? HelmValues.Secrets : HelmValues.Config;
        var value = !parameter.Secret && parameter.Default is ConstantParameterDefault ? await parameter.GetValueAsync(cancellationToken).ConfigureAwait(false) : null;
        var path = values.Set(root, consumer.Name, parameter.Name, value ?? "");
        return new HelmText($"{{{{ {path} }}}}", IsTemplate: true, IsSecret: parameter.Secret, Parameter: parameter.Name);
    }

    private async ValueTask<HelmText> ExpressionAsync(ReferenceExpression expression, CancellationToken cancellationToken)
    {
        if (expression.IsConditional)
        {
            var condition = await expression.Condition!.GetValueAsync(cancellationToken).ConfigureAwait(false);
            var chosen = string.Equals(condition, expression.MatchValue, StringComparison.OrdinalIgnoreCase) ? expression.WhenTrue : expression.WhenFalse;
            return await TranslateAsync(chosen, cancellationToken).ConfigureAwait(false);
        }

        if (expression is { Format: "{0}", ValueProviders: [var only], StringFormats: [null] })
        {
            return await TranslateAsync(only, cancellationToken).ConfigureAwait(false);
        }

        var parts = new HelmText[expression.ValueProviders.Count];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = await TranslateAsync(expression.ValueProviders[i], cancellationToken).ConfigureAwait(false);
            parts[i] = expression.StringFormats[i] is "uri" ? part with { Text = UriEncoded(part) } : part;
        }

        var template = Array.Exists(parts, p => p.IsTemplate);
        object[] texts = [.. parts.Select(p => template && !p.IsTemplate ? HelmText.Escape(p.Text) : p.Text)];
        var format = template ? expression.Format.Replace("{{{{", "{{{{ `{{{{` }}}}", StringComparison.Ordinal) : expression.Format;
        return new HelmText(string.Format(CultureInfo.InvariantCulture, format, texts), template, Array.Exists(parts, p => p.IsSecret));
    }

    private string UriEncoded(HelmText part) => part switch
    {
        { IsTemplate: false } => Uri.EscapeDataString(part.Text),
        { Parameter: not null } => part.Text.Replace(" }}", " | urlquery }}", StringComparison.Ordinal),
        _ => throw new DistributedApplicationException($"Resource '{consumer.Name}' URI-encodes a text that is put together when the chart is installed; encode its parameters instead."),
    };
}
