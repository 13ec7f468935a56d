using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;

namespace Floe.Tests.Lakehouse.Maintenance;

/// <summary>Passes everything on; lets a test come between a change and its commit.</summary>
/// <param name="inner">The catalog.</param>
/// <param name="commit">Gets the commit and the way to send it on.</param>
internal sealed class InterposedCatalog(ICatalog inner, Func<TableCommit, Func<Task<Table>>, Task<Table>> commit) : ICatalog
{
    public Task<IReadOnlyList<string>> ListNamespacesAsync(string? parent, CancellationToken ct) => inner.ListNamespacesAsync(parent, ct);

    public Task CreateNamespaceAsync(string ns, IReadOnlyDictionary<string, string>? properties, CancellationToken ct) => inner.CreateNamespaceAsync(ns, properties, ct);

    public Task<bool> NamespaceExistsAsync(string ns, CancellationToken ct) => inner.NamespaceExistsAsync(ns, ct);

    public Task<IReadOnlyDictionary<string, string>> LoadNamespaceAsync(string ns, CancellationToken ct) => inner.LoadNamespaceAsync(ns, ct);

    public Task UpdateNamespaceAsync(string ns, IReadOnlyDictionary<string, string> updates, IReadOnlyCollection<string> removals, CancellationToken ct) =>
        inner.UpdateNamespaceAsync(ns, updates, removals, ct);

    public Task DropNamespaceAsync(string ns, CancellationToken ct) => inner.DropNamespaceAsync(ns, ct);

    public Task RenameTableAsync(TableIdentifier from, TableIdentifier to, CancellationToken ct) => inner.RenameTableAsync(from, to, ct);

    public async Task<Table> RegisterTableAsync(TableIdentifier identifier, string metadataLocation, bool overwrite, CancellationToken ct) => Through(await inner.RegisterTableAsync(identifier, metadataLocation, overwrite, ct));

    public Task<IReadOnlyList<TableIdentifier>> ListTablesAsync(string ns, CancellationToken ct) => inner.ListTablesAsync(ns, ct);

    public Task<bool> TableExistsAsync(TableIdentifier identifier, CancellationToken ct) => inner.TableExistsAsync(identifier, ct);

    public async Task<Table> LoadTableAsync(TableIdentifier identifier, CancellationToken ct) => Through(await inner.LoadTableAsync(identifier, ct));

    public async Task<Table> CreateTableAsync(TableIdentifier identifier, Schema schema, PartitionSpec? spec = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken ct = default) =>
        Through(await inner.CreateTableAsync(identifier, schema, spec, properties, ct));

    public Task DropTableAsync(TableIdentifier identifier, bool purge, CancellationToken ct) => inner.DropTableAsync(identifier, purge, ct);

    public async Task<Table> CommitTableAsync(TableCommit pending, CancellationToken ct) => Through(await commit(pending, () => inner.CommitTableAsync(pending, ct)));

    public Task CommitTransactionAsync(IReadOnlyList<TableCommit> commits, CancellationToken ct) => inner.CommitTransactionAsync(commits, ct);

    private Table Through(Table table) => new(table.Identifier, table.Metadata, table.MetadataLocation, table.IO, this);
}
