namespace Aspire.Hosting.Dashboard.Grpc;

/// <summary>The gRPC status codes that the resource service answers with.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    NotFound = 5,
    Unimplemented = 12,
    Internal = 13,
    Unauthenticated = 16,
}

/// <summary>Ends a call with a status.</summary>
internal sealed class GrpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status => status;
}
