using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;

namespace Floe.SeedWorker.Ingest;

/// <summary>The catalog knows a table that it cannot load, and asking again will not help: its files are gone or damaged.</summary>
public sealed class UnreadableTableException(TableIdentifier table, LakehouseException reason) : LakehouseException(
    $"The table {table} cannot be loaded ({reason.Message.TrimEnd('.')}); the catalog in PostgreSQL knows tables whose files are gone from the object store, or damaged: restore the files, or delete the data directory (.floe/data) to start from nothing.",
    reason);
