using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Catalog;

/// <summary>A catalog of Iceberg tables. Errors are <see cref="CatalogException"/>s.</summary>
public interface ICatalog
{
    /// <summary>The top level namespaces.</summary>
    Task<IReadOnlyList<string>> ListNamespacesAsync(CancellationToken ct) => ListNamespacesAsync(null, ct);

    /// <summary>The namespaces directly below a namespace, with their whole names; null: the top level ones.</summary>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    Task<IReadOnlyList<string>> ListNamespacesAsync(string? parent, CancellationToken ct);

    /// <summary>Creates a namespace without properties.</summary>
    /// <exception cref="AlreadyExistsException">It is there.</exception>
    Task CreateNamespaceAsync(string ns, CancellationToken ct) => CreateNamespaceAsync(ns, null, ct);

    /// <summary>Creates a namespace; the levels of a nested one are joined by dots, and those above must be there.</summary>
    /// <exception cref="AlreadyExistsException">It is there.</exception>
    /// <exception cref="NoSuchNamespaceException">The namespace above is not there.</exception>
    Task CreateNamespaceAsync(string ns, IReadOnlyDictionary<string, string>? properties, CancellationToken ct);

    /// <summary>Whether the namespace exists.</summary>
    Task<bool> NamespaceExistsAsync(string ns, CancellationToken ct);

    /// <summary>The properties of a namespace; some of them may be the catalog's own.</summary>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    Task<IReadOnlyDictionary<string, string>> LoadNamespaceAsync(string ns, CancellationToken ct);

    /// <summary>Sets and removes properties of a namespace.</summary>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    /// <exception cref="UnprocessableEntityException">A key is to be set and removed.</exception>
    Task UpdateNamespaceAsync(string ns, IReadOnlyDictionary<string, string> updates, IReadOnlyCollection<string> removals, CancellationToken ct);

    /// <summary>Drops an empty namespace.</summary>
    /// <exception cref="NoSuchNamespaceException">No such namespace.</exception>
    /// <exception cref="NamespaceNotEmptyException">It has tables or namespaces.</exception>
    Task DropNamespaceAsync(string ns, CancellationToken ct);

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

    /// <summary>Gives a table another name, in another namespace too; its files stay where they are.</summary>
    /// <exception cref="NoSuchTableException">No such table.</exception>
    /// <exception cref="NoSuchNamespaceException">No such namespace to move it to.</exception>
    /// <exception cref="AlreadyExistsException">The new name is taken.</exception>
    Task RenameTableAsync(TableIdentifier from, TableIdentifier to, CancellationToken ct);

    /// <summary>Enters a table that is there as files, for example one that was dropped without purge.</summary>
    /// <param name="identifier">Its name.</param>
    /// <param name="metadataLocation">Location of its newest metadata file.</param>
    /// <param name="overwrite">Whether a table of that name becomes this one; its files stay.</param>
    /// <param name="ct">Ends the request.</param>
    /// <exception cref="AlreadyExistsException">The name is taken.</exception>
    Task<Table> RegisterTableAsync(TableIdentifier identifier, string metadataLocation, bool overwrite, CancellationToken ct);

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
