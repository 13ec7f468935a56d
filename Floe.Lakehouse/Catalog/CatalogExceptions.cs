namespace Floe.Lakehouse.Catalog;

/// <summary>The catalog refused a request or could not serve it. The subclasses follow the error types of the Iceberg REST specification.</summary>
public class CatalogException(string message, Exception? inner = null) : LakehouseException(message, inner);

/// <summary>400: the catalog does not understand the request.</summary>
public sealed class BadRequestException(string message) : CatalogException(message);

/// <summary>401, or the token endpoint refused the client.</summary>
public sealed class NotAuthorizedException(string message, Exception? inner = null) : CatalogException(message, inner);

/// <summary>403: the principal lacks a grant.</summary>
public sealed class ForbiddenException(string message) : CatalogException(message);

/// <summary>404: no such table.</summary>
public sealed class NoSuchTableException(string message) : CatalogException(message);

/// <summary>404: no such namespace.</summary>
public sealed class NoSuchNamespaceException(string message) : CatalogException(message);

/// <summary>404 of <c>/v1/config</c>: no such warehouse.</summary>
public sealed class NoSuchWarehouseException(string message) : CatalogException(message);

/// <summary>409: the table or namespace is already there.</summary>
public sealed class AlreadyExistsException(string message) : CatalogException(message);

/// <summary>409: the namespace still has tables.</summary>
public sealed class NamespaceNotEmptyException(string message) : CatalogException(message);

/// <summary>409: a requirement of the commit does not hold; nothing was changed.</summary>
public sealed class CommitFailedException(string message, Exception? inner = null) : CatalogException(message, inner);

/// <summary>Whether the commit happened could not be found out. The files of the commit are kept, because the table may refer to them.</summary>
public sealed class CommitStateUnknownException(string message, Exception? inner = null) : CatalogException(message, inner);

/// <summary>422: the request is well formed and makes no sense.</summary>
public sealed class UnprocessableEntityException(string message) : CatalogException(message);

/// <summary>The catalog cannot be reached, or answers 5xx, to a request that changes nothing.</summary>
public sealed class ServiceUnavailableException(string message, Exception? inner = null) : CatalogException(message, inner);
