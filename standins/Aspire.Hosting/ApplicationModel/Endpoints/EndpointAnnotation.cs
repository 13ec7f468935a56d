using System.Globalization;
using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One endpoint of a resource: what is asked for, and once the application runs what was allocated.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private readonly TaskCompletionSource<AllocatedEndpoint> _allocated = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _transport;
    private int? _port;

    public EndpointAnnotation(ProtocolType protocol, string? uriScheme = null, string? transport = null, string? name = null, int? port = null, int? targetPort = null, bool? isExternal = null, bool? isProxied = null)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? protocol.ToString().ToLowerInvariant();
        _transport = transport;
        Name = name ?? UriScheme;
        ModelName.Validate("Endpoint", Name);
        _port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied ?? true;
    }

    public string Name { get; set; }

    public ProtocolType Protocol { get; set; }

    public string UriScheme { get; set; }

    /// <summary>The address on which the process is told to listen.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary><c>http</c> for http(s), else the protocol; <c>http2</c> where set.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : Protocol.ToString().ToLowerInvariant());
        set => _transport = value;
    }

    /// <summary>The public port; null means any free one. Without a proxy the target port is the public one.</summary>
    public int? Port
    {
        get => _port ?? (IsProxied ? null : TargetPortOrNull);
        set => _port = value;
    }

    /// <summary>The port on which the process or container listens; null means that one is allocated.</summary>
    public int? TargetPort
    {
        get => TargetPortOrNull ?? (IsProxied ? null : _port);
        set => TargetPortOrNull = value;
    }

    public bool IsExternal { get; set; }

    /// <summary>Whether DCP keeps a stable public port in front of the process.</summary>
    public bool IsProxied { get; set; }

    /// <summary>Not part of <c>WithReference(resource)</c>.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    public bool TlsEnabled { get; set; }

    /// <summary>Set when the application starts.</summary>
    public AllocatedEndpoint? AllocatedEndpoint
    {
        get => _allocated.Task.IsCompletedSuccessfully ? _allocated.Task.Result : null;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (!_allocated.TrySetResult(value)) throw new InvalidOperationException($"The endpoint '{Name}' is already allocated.");
        }
    }

    internal bool FromLaunchProfile { get; init; }

    private int? TargetPortOrNull { get; set; }

    internal Task<AllocatedEndpoint> WaitForAllocationAsync(CancellationToken cancellationToken) => _allocated.Task.WaitAsync(cancellationToken);

    /// <summary>Every waiter fails with <paramref name="reason"/>: there will be no address.</summary>
    internal void FailAllocation(Exception reason)
    {
        if (_allocated.TrySetException(reason)) _ = _allocated.Task.Exception;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} ({UriScheme}, port {Port}, target port {TargetPort})");
}

/// <summary>How a container's or process's port is bound.</summary>
public enum EndpointBindingMode
{
    SingleAddress,
    DualStackAnyAddresses,
    IPv4AnyAddresses,
    IPv6AnyAddresses,
}

/// <summary>The public address of an endpoint.</summary>
public class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, EndpointBindingMode bindingMode = EndpointBindingMode.SingleAddress, string? targetPortExpression = null)
{
    public AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port, string? targetPortExpression)
        : this(endpoint, address, port, EndpointBindingMode.SingleAddress, targetPortExpression) { }

    public EndpointAnnotation Endpoint { get; } = endpoint;

    public string Address { get; } = address;

    public int Port { get; } = port;

    public EndpointBindingMode BindingMode { get; } = bindingMode;

    /// <summary>DCP's template for the port that the process itself listens on, where DCP allocates it.</summary>
    public string? TargetPortExpression { get; } = targetPortExpression;

    public string UriScheme => Endpoint.UriScheme;

    public string EndPointString => string.Create(CultureInfo.InvariantCulture, $"{Address}:{Port}");

    public string UriString => $"{UriScheme}://{EndPointString}";

    public override string ToString() => UriString;
}
