namespace Aspire.Hosting.Kubernetes.Resources;

/// <summary>How the cluster asks whether a container works. Times in seconds.</summary>
public sealed class ProbeV1
{
    public int? FailureThreshold { get; set; }

    public int? SuccessThreshold { get; set; }

    public int? InitialDelaySeconds { get; set; }

    public int? PeriodSeconds { get; set; }

    public int? TimeoutSeconds { get; set; }

    public ExecActionV1? Exec { get; set; }

    public GrpcActionV1? Grpc { get; set; }

    public HttpGetActionV1? HttpGet { get; set; }

    public TcpSocketActionV1? TcpSocket { get; set; }
}

/// <summary>An HTTP GET; the scheme is <c>HTTP</c> or <c>HTTPS</c> in upper case.</summary>
public sealed class HttpGetActionV1
{
    public string? Scheme { get; set; }

    public string? Path { get; set; }

    public Int32OrStringV1? Port { get; set; }

    public string? Host { get; set; }
}

/// <summary>A TCP connection.</summary>
public sealed class TcpSocketActionV1
{
    public string? Host { get; set; }

    public int? Port { get; set; }
}

/// <summary>A command inside the container.</summary>
public sealed class ExecActionV1
{
    public List<string> Command { get; } = [];
}

/// <summary>A gRPC health check.</summary>
public sealed class GrpcActionV1
{
    public int? Port { get; set; }

    public string? Service { get; set; }
}
