using Floe.CubeProxy.SqlApi.Metadata;
using Floe.CubeProxy.SqlApi.Users;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>Answers with the engine.</summary>
internal sealed class EngineBackend(SqlApiSettings settings, CancelKeys keys, CubeQueries cubes, Catalogs catalogs, ILogger<EngineBackend> log) : ISqlBackend
{
    public async Task ServeAsync(SqlConnection connection, SqlUser user, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        var session = new SqlSession(connection, user, settings, cubes, catalogs, log);
        var key = keys.Add(session.Cancel);
        try
        {
            await session.RunAsync(parameters, key, ct);
        }
        finally
        {
            keys.Remove(key.Process);
        }
    }
}
