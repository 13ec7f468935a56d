namespace Floe.Emulators.Polaris.Errors;

/// <summary>
/// A failure that the client is told: HTTP status, the type name that Iceberg clients switch on, and one sentence.
/// Shape on the wire: Iceberg REST specification, <c>IcebergErrorResponse</c>.
/// </summary>
internal sealed class PolarisException(int status, string type, string message) : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public static PolarisException BadRequest(string message) => new(400, "BadRequestException", message);

    public static PolarisException IllegalArgument(string message) => new(400, "IllegalArgumentException", message);

    public static PolarisException Validation(string message) => new(400, "ValidationException", message);

    public static PolarisException NotAuthorized(string message) => new(401, "NotAuthorizedException", message);

    public static PolarisException Forbidden(string message) => new(403, "ForbiddenException", message);

    public static PolarisException NotFound(string message) => new(404, "NotFoundException", message);

    public static PolarisException NoSuchNamespace(object name) => new(404, "NoSuchNamespaceException", $"Namespace does not exist: {name}");

    public static PolarisException NoSuchTable(object name) => new(404, "NoSuchTableException", $"Table does not exist: {name}");

    public static PolarisException AlreadyExists(string message) => new(409, "AlreadyExistsException", message);

    public static PolarisException NamespaceNotEmpty(object name) => new(409, "NamespaceNotEmptyException", $"Namespace {name} is not empty");

    /// <summary>Nothing was changed: a requirement does not hold (any more), or another commit was faster.</summary>
    public static PolarisException CommitFailed(string message) => new(409, "CommitFailedException", message);

    /// <summary>A management entity was changed since the caller read it.</summary>
    public static PolarisException VersionConflict(string kind, string name, int current, int given) =>
        new(409, "CommitConflictException", $"{kind} {name} is at entityVersion {current}, the request names currentEntityVersion {given}; read it again and repeat the change");

    public static PolarisException Unprocessable(string message) => new(422, "UnprocessableEntityException", message);

    public static PolarisException Unsupported(string message) => new(406, "UnsupportedOperationException", message);

    /// <summary>The swap was sent and no answer came: the client must neither clean up nor blindly repeat.</summary>
    public static PolarisException CommitStateUnknown(string message) => new(500, "CommitStateUnknownException", message);

    public static PolarisException Unavailable(string message) => new(503, "ServiceUnavailableException", message);
}
