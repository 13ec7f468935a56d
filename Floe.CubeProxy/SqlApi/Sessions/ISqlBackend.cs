using Floe.CubeProxy.SqlApi.Users;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>Who answers a client that has signed in: the engine, or a Cube behind.</summary>
internal interface ISqlBackend
{
    /// <summary>Serves the client until it leaves.</summary>
    /// <param name="parameters">What the client's startup packet says.</param>
    /// <exception cref="SqlError">The connection ends with this.</exception>
    Task ServeAsync(SqlConnection connection, SqlUser user, IReadOnlyDictionary<string, string> parameters, CancellationToken ct);
}
