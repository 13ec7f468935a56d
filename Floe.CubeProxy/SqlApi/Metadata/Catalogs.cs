using System.Collections.Concurrent;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.SqlApi.Users;

namespace Floe.CubeProxy.SqlApi.Metadata;

/// <summary>The catalog of each user, made when it is asked for.</summary>
internal sealed class Catalogs(SemanticModel model, TimeProvider clock) : IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<CatalogDatabase>> _byUser = new(StringComparer.Ordinal);

    public CatalogDatabase Of(SqlUser user) => _byUser.GetOrAdd(user.Name, _ => new Lazy<CatalogDatabase>(() => new CatalogDatabase(model, user.Name, user.Context, clock))).Value;

    public void Dispose()
    {
        foreach (var catalog in _byUser.Values.Where(catalog => catalog.IsValueCreated)) catalog.Value.Dispose();
    }
}
