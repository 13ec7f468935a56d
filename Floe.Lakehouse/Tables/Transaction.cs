using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Tables;

/// <summary>A change of a table, prepared in memory and made visible by one commit.</summary>
public sealed class Transaction
{
    internal Transaction(Table table) => Table = table;

    /// <summary>The table as it was when the transaction began.</summary>
    public Table Table { get; }

    /// <summary>Adds data files. Retried on a newer state of the table when another commit came first.</summary>
    public Transaction Append(IEnumerable<DataFile> files) => throw new NotImplementedException();

    /// <summary>Removes all current files and adds these. Fails when another commit came first, because it would remove what it never saw.</summary>
    public Transaction Replace(IEnumerable<DataFile> files) => throw new NotImplementedException();

    /// <summary>Adds a property to the snapshot's summary, for example a run id.</summary>
    public Transaction WithSummary(string key, string value) => throw new NotImplementedException();

    /// <summary>Asks that the table is still at the snapshot that the transaction began with: the commit fails, and is not retried, when it is not.</summary>
    public Transaction ValidateFromSnapshot() => throw new NotImplementedException();

    /// <summary>Commits, and gives the table after the commit. Without anything to change the table comes back as it is.</summary>
    /// <exception cref="Catalog.CommitFailedException">Another commit came first and the change does not apply any more, or the retries are used up.
    /// Nothing was changed; the manifests and data files of the transaction were removed.</exception>
    /// <exception cref="Catalog.CommitStateUnknownException">Whether the commit happened could not be found out.</exception>
    public Task<Table> CommitAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Writes the manifests and gives the commit for <see cref="Catalog.ICatalog.CommitTransactionAsync"/>.</summary>
    public Task<TableCommit> PrepareAsync(CancellationToken ct) => throw new NotImplementedException();
}
