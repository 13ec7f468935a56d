namespace Floe.Emulators.Minio.Errors;

/// <summary>An answer of the S3 error table (status, code, message), thrown by whoever finds the rule broken.</summary>
internal sealed class S3Exception(int status, string code, string message, params (string Name, string Value)[] details) : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>S3's code, for programs.</summary>
    public string Code { get; } = code;

    /// <summary>Further elements of the error document.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; } = details;
}
