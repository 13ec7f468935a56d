using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Tables;

/// <summary>A table as it was when it was loaded; immutable. <see cref="RefreshAsync"/> gives the newest state.</summary>
public sealed class Table(TableIdentifier identifier, TableMetadata metadata, string? metadataLocation, IFileIO io, ICatalog catalog, TimeProvider? time = null)
{
    /// <summary>Name in the catalog.</summary>
    public TableIdentifier Identifier { get; } = identifier;

    /// <summary>Metadata.</summary>
    public TableMetadata Metadata { get; } = metadata;

    /// <summary>Location of the metadata file that <see cref="Metadata"/> came from; changes with every commit.</summary>
    public string? MetadataLocation { get; } = metadataLocation;

    /// <summary>Base location of the table's files.</summary>
    public string Location => Metadata.Location;

    /// <summary>The current schema.</summary>
    public Schema Schema => Metadata.Schema;

    /// <summary>Storage of the table's files.</summary>
    public IFileIO IO { get; } = io;

    /// <summary>The catalog that the table was loaded from.</summary>
    public ICatalog Catalog { get; } = catalog;

    /// <summary>Where the table's files may lie; null where that is not known.</summary>
    internal TableLocations? Locations { get; init; }

    internal TimeProvider Time { get; } = time ?? TimeProvider.System;

    /// <summary>Begins a change.</summary>
    public Transaction NewTransaction() => new(this);

    /// <summary>Begins a scan of the current snapshot.</summary>
    public TableScan NewScan() => new(this);

    /// <summary>The newest state of the table.</summary>
    /// <exception cref="NoSuchTableException">The table was dropped.</exception>
    public Task<Table> RefreshAsync(CancellationToken ct) => Catalog.LoadTableAsync(Identifier, ct);
}
