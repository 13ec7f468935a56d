using System.Net;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>Polaris refused a management call.</summary>
public sealed class PolarisException(HttpMethod method, string path, HttpStatusCode status, string message)
    : Exception($"Polaris answers {(int)status} to {method} {path}: {message}")
{
    /// <summary>The status.</summary>
    public HttpStatusCode Status { get; } = status;
}
