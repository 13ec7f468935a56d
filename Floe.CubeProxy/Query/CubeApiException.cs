namespace Floe.CubeProxy.Query;

/// <summary>A request that is answered with an error in Cube's shape: <c>{"error": …}</c>, for errors of the model's members with <c>"type":"UserError"</c>.</summary>
public sealed class CubeApiException(int status, string message, string errorType, bool isUserError = false, Exception? inner = null)
    : Exception(message, inner)
{
    public int Status { get; } = status;

    /// <summary>Low-cardinality name for traces; never contains a value of the request.</summary>
    public string ErrorType { get; } = errorType;

    /// <summary>Adds <c>"type":"UserError"</c> to the body.</summary>
    public bool IsUserError { get; } = isUserError;

    /// <summary>The query's shape is wrong.</summary>
    public static CubeApiException InvalidFormat(string detail) => new(400, $"Invalid query format: {detail}", "invalid_query");

    public static CubeApiException BadRequest(string message, string errorType = "invalid_query") => new(400, message, errorType);

    /// <summary>The query names something that the model does not have, or asks for what its joins cannot give.</summary>
    public static CubeApiException User(string message, string errorType = "unknown_member") => new(400, message, errorType, isUserError: true);
}
