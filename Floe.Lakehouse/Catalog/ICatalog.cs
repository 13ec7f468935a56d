using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Catalog;

/// <summary>A catalog of Iceberg tables. Errors are <see cref="CatalogException"/>s.</summary>
public interface ICatalog
{
    /// <summary>The top level namespaces.</summary>
    Task<IReadOnlyList<string>> ListNamespacesAsync(CancellationToken ct);

    /// <summary>Creates a namespace.</summary>
    /// <exception cref="AlreadyExistsException">It is there.</exception>
    Task CreateNamespaceAsync(string ns, CancellationToken ct);

    /// <summary>The tables of a namespace.</summary>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    Task<IReadOnlyList<TableIdentifier>> ListTablesAsync(string ns, CancellationToken ct);

    /// <summary>Whether the table exists.</summary>
    Task<bool> TableExistsAsync(TableIdentifier identifier, CancellationToken ct);

    /// <summary>Loads a table's current metadata. Cheap when nothing changed since this catalog object last loaded it.</summary>
    /// <exception cref="NoSuchTableException">No such table.</exception>
    Task<Table> LoadTableAsync(TableIdentifier identifier, CancellationToken ct);

    /// <summary>Creates an empty table. The catalog may assign other field ids than the schema's: go on with the returned table's schema.</summary>
    /// <exception cref="AlreadyExistsException">It is there.</exception>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    Task<Table> CreateTableAsync(TableIdentifier identifier, Schema schema, PartitionSpec? spec = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken ct = default);

    /// <summary>Drops a table; <paramref name="purge"/> asks the catalog to remove its files too.</summary>
    /// <exception cref="NoSuchTableException">No such table.</exception>
    Task DropTableAsync(TableIdentifier identifier, bool purge, CancellationToken ct);

    /// <summary>Commits one table. Use <see cref="Transaction.CommitAsync"/>, which retries and cleans up.</summary>
    /// <returns>The table after the commit.</returns>
    /// <exception cref="CommitFailedException">A requirement does not hold; nothing was changed.</exception>
    /// <exception cref="CommitStateUnknownException">The answer did not come.</exception>
    Task<Table> CommitTableAsync(TableCommit commit, CancellationToken ct);

    /// <summary>Commits several tables, all or nothing. Retries with fresh snapshots where every change still applies, finds out about an answer
    /// that did not come, and removes the files of a commit that failed.</summary>
    /// <exception cref="CommitFailedException">A requirement of one of the tables does not hold; no table was changed.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the commit happened could not be found out.</exception>
    Task CommitTransactionAsync(IReadOnlyList<TableCommit> commits, CancellationToken ct);
}
