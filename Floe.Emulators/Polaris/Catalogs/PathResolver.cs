using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Namespaces;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables;

namespace Floe.Emulators.Polaris.Catalogs;

/// <summary>Finds entities by the names that requests use.</summary>
internal static class PathResolver
{
    /// <exception cref="PolarisException">404.</exception>
    public static async Task<SecurablePath> CatalogAsync(this StoreScope store, string name, CancellationToken cancellationToken) =>
        new([await store.FindTopLevelAsync(EntityType.Catalog, name, cancellationToken) ?? throw PolarisException.NotFound($"Catalog {name} not found")]);

    /// <exception cref="PolarisException">404 NoSuchNamespaceException.</exception>
    public static async Task<SecurablePath> NamespaceAsync(this StoreScope store, SecurablePath catalog, NamespaceName name, CancellationToken cancellationToken)
    {
        var path = catalog;
        foreach (var level in name.Levels)
            path = path.Then(await store.FindAsync(catalog.Catalog.Id, path.Leaf.Id, EntityType.Namespace, level, cancellationToken) ?? throw PolarisException.NoSuchNamespace(name));
        return path;
    }

    /// <summary>The table, or null where only the namespace exists.</summary>
    /// <exception cref="PolarisException">404 NoSuchNamespaceException.</exception>
    public static Task<Entity?> FindTableAsync(this StoreScope store, SecurablePath ns, string name, CancellationToken cancellationToken) =>
        store.FindAsync(ns.Catalog.Id, ns.Leaf.Id, EntityType.Table, name, cancellationToken);

    /// <exception cref="PolarisException">404 NoSuchTableException, also where the namespace is missing: clients ask for a table here.</exception>
    public static async Task<SecurablePath> TableAsync(this StoreScope store, SecurablePath catalog, TableIdentifier identifier, CancellationToken cancellationToken)
    {
        var path = catalog;
        foreach (var level in identifier.Namespace.Levels)
            path = path.Then(await store.FindAsync(catalog.Catalog.Id, path.Leaf.Id, EntityType.Namespace, level, cancellationToken) ?? throw PolarisException.NoSuchTable(identifier));
        return path.Then(await store.FindTableAsync(path, identifier.Name, cancellationToken) ?? throw PolarisException.NoSuchTable(identifier));
    }
}
