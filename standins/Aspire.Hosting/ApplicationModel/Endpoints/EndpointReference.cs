using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A reference to an endpoint by name; the endpoint may be declared later.</summary>
public sealed class EndpointReference : IExpressionValue, IValueWithReferences
{
    private EndpointAnnotation? _annotation;

    public EndpointReference(IResourceWithEndpoints owner, string endpointName) : this(owner, endpointName, null) { }

    public EndpointReference(IResourceWithEndpoints owner, EndpointAnnotation endpoint) : this(owner, endpoint.Name, null) => _annotation = endpoint;

    internal EndpointReference(IResourceWithEndpoints owner, string endpointName, NetworkIdentifier? network)
    {
        ArgumentNullException.ThrowIfNull(owner);
        ArgumentNullException.ThrowIfNull(endpointName);
        (Resource, EndpointName, ContextNetworkID) = (owner, endpointName, network);
    }

    public IResourceWithEndpoints Resource { get; }

    public string EndpointName { get; }

    /// <summary>The network for which the reference resolves; null: that of the consumer.</summary>
    public NetworkIdentifier? ContextNetworkID { get; }

    /// <exception cref="InvalidOperationException">The resource has no endpoint of this name.</exception>
    public EndpointAnnotation EndpointAnnotation => Find()
        ?? throw new InvalidOperationException($"The endpoint `{EndpointName}` is not defined for the resource `{Resource.Name}`.");

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.AllocatedEndpoint is not null;

    public bool IsHttp => Find()?.UriScheme == "http";

    public bool IsHttps => Find()?.UriScheme == "https";

    public bool TlsEnabled => Find() is { } endpoint && (endpoint.TlsEnabled || endpoint.UriScheme == "https");

    public bool ExcludeReferenceEndpoint => EndpointAnnotation.ExcludeReferenceEndpoint;

    public string Url => Allocated.UriString;

    public string Host => Allocated.Address;

    public int Port => Allocated.Port;

    public string Scheme => EndpointAnnotation.UriScheme;

    public int? TargetPort => EndpointAnnotation.TargetPort;

    public string ValueExpression => Expression(EndpointProperty.Url);

    public IEnumerable<object> References => [Resource];

    private AllocatedEndpoint Allocated => EndpointAnnotation.AllocatedEndpoint
        ?? throw new InvalidOperationException($"The endpoint `{EndpointName}` is not allocated for the resource `{Resource.Name}`.");

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => Property(EndpointProperty.Url).GetValueAsync(cancellationToken);

    public ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) =>
        Property(EndpointProperty.Url).GetValueAsync(context, cancellationToken);

    internal string Expression(EndpointProperty property) => $"{{{Resource.Name}.bindings.{EndpointName}.{property switch
    {
        EndpointProperty.Url => "url",
        EndpointProperty.Host or EndpointProperty.IPV4Host => "host",
        EndpointProperty.Port => "port",
        EndpointProperty.Scheme => "scheme",
        EndpointProperty.TargetPort => "targetPort",
        EndpointProperty.HostAndPort => "hostAndPort",
        EndpointProperty.TlsEnabled => "tlsEnabled",
        _ => throw new InvalidOperationException($"The endpoint property '{property}' is not supported."),
    }}}}";

    private EndpointAnnotation? Find() => _annotation ??=
        Resource.Annotations.OfType<EndpointAnnotation>().FirstOrDefault(e => string.Equals(e.Name, EndpointName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A part of an endpoint's address.</summary>
public enum EndpointProperty
{
    Url = 0,
    Host = 1,
    IPV4Host = 2,
    Port = 3,
    Scheme = 4,
    TargetPort = 5,
    HostAndPort = 6,
    TlsEnabled = 7,
}

/// <summary>One property of an endpoint as a value; resolves for its consumer.</summary>
public class EndpointReferenceExpression(EndpointReference endpointReference, EndpointProperty property) : IExpressionValue, IValueWithReferences
{
    public EndpointReference Endpoint { get; } = endpointReference ?? throw new ArgumentNullException(nameof(endpointReference));

    public EndpointProperty Property { get; } = property;

    public string ValueExpression => Endpoint.Expression(Property);

    IEnumerable<object> IValueWithReferences.References => [Endpoint];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => GetValueAsync(new ValueProviderContext(), cancellationToken);

    public async ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default)
    {
        var annotation = Endpoint.EndpointAnnotation;
        switch (Property)
        {
            case EndpointProperty.Scheme:
                return annotation.UriScheme;
            case EndpointProperty.TlsEnabled:
                return Endpoint.TlsEnabled ? bool.TrueString : bool.FalseString;
            case EndpointProperty.TargetPort when annotation.TargetPort is { } fixedPort:
                return fixedPort.ToString(CultureInfo.InvariantCulture);
        }

        var allocated = await annotation.WaitForAllocationAsync(cancellationToken).ConfigureAwait(false);
        var network = Endpoint.ContextNetworkID is { } own ? new ValueProviderContext { Network = own } : context;
        var (host, port) = EndpointAddress.SeenFrom(network, Endpoint.Resource, annotation, allocated);
        var portText = port.ToString(CultureInfo.InvariantCulture);
        return Property switch
        {
            EndpointProperty.Url => $"{annotation.UriScheme}://{host}:{portText}",
            EndpointProperty.Host => host,
            EndpointProperty.IPV4Host => host == "localhost" ? "127.0.0.1" : host,
            EndpointProperty.Port => portText,
            EndpointProperty.HostAndPort => $"{host}:{portText}",
            EndpointProperty.TargetPort => allocated.TargetPortExpression ?? portText,
            _ => throw new InvalidOperationException($"The endpoint property '{Property}' is not supported."),
        };
    }
}

/// <summary>The address of one endpoint as its consumer reaches it.</summary>
internal static class EndpointAddress
{
    /// <summary>The name of this machine inside containers; set once DCP has told which runtime answers.</summary>
    public static string ContainerHostName { get; set; } = "host.docker.internal";

    public static (string Host, int Port) SeenFrom(ValueProviderContext consumer, IResource owner, EndpointAnnotation endpoint, AllocatedEndpoint allocated) =>
        !consumer.FromContainerNetwork ? (allocated.Address, allocated.Port)
        : owner.IsContainer() ? ($"{owner.Name}.dev.internal", endpoint.TargetPort ?? allocated.Port)
        : (ContainerHostName, allocated.Port);
}
