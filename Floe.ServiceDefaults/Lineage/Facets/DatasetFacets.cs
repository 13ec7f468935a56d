using System.Text.Json.Serialization;

namespace Floe.ServiceDefaults.Lineage.Facets;

/// <summary>What is known of a dataset, whoever reads or writes it.</summary>
public sealed record DatasetFacets
{
    /// <summary>Its columns.</summary>
    public SchemaFacet? Schema { get; init; }

    /// <summary>The system that has it.</summary>
    public DataSourceFacet? DataSource { get; init; }

    /// <summary>Its other names.</summary>
    public SymlinksFacet? Symlinks { get; init; }

    /// <summary>Which columns its columns come from.</summary>
    public ColumnLineageFacet? ColumnLineage { get; init; }

    /// <summary>The version that was read or written.</summary>
    public VersionFacet? Version { get; init; }

    /// <summary>How it is stored.</summary>
    public StorageFacet? Storage { get; init; }

    /// <summary>What it is.</summary>
    public DatasetDocumentationFacet? Documentation { get; init; }

    /// <summary>The Iceberg snapshot that was read or written.</summary>
    [JsonPropertyName("floe_icebergSnapshot")]
    public IcebergSnapshotFacet? IcebergSnapshot { get; init; }
}

/// <summary>SchemaDatasetFacet 1-2-0.</summary>
public sealed record SchemaFacet(IReadOnlyList<SchemaField> Fields) : Facet(OpenLineage.Published("1-2-0", "SchemaDatasetFacet"));

/// <summary>A column.</summary>
public sealed record SchemaField(string Name, string Type, string? Description = null);

/// <summary>DatasourceDatasetFacet 1-0-1.</summary>
public sealed record DataSourceFacet(string Name, Uri Uri) : Facet(OpenLineage.Published("1-0-1", "DatasourceDatasetFacet"));

/// <summary>SymlinksDatasetFacet 1-0-1.</summary>
public sealed record SymlinksFacet(IReadOnlyList<Symlink> Identifiers) : Facet(OpenLineage.Published("1-0-1", "SymlinksDatasetFacet"));

/// <summary>Another name of the same dataset.</summary>
/// <param name="Type">TABLE or LOCATION.</param>
public sealed record Symlink(string Namespace, string Name, string Type);

/// <summary>ColumnLineageDatasetFacet 1-2-0.</summary>
/// <param name="Fields">By column.</param>
/// <param name="Dataset">Columns that decide which rows there are.</param>
public sealed record ColumnLineageFacet(IReadOnlyDictionary<string, FieldLineage> Fields, IReadOnlyList<InputField>? Dataset = null) : Facet(OpenLineage.Published("1-2-0", "ColumnLineageDatasetFacet"));

/// <summary>Where a column comes from.</summary>
public sealed record FieldLineage(IReadOnlyList<InputField> InputFields);

/// <summary>A column that another comes from.</summary>
public sealed record InputField(string Namespace, string Name, string Field, IReadOnlyList<FieldTransformation>? Transformations = null)
{
    /// <summary>By the dataset's name.</summary>
    public static InputField Of(DatasetName dataset, string field, params IReadOnlyList<FieldTransformation> transformations) =>
        new(dataset.Namespace, dataset.Name, field, transformations is [] ? null : transformations);
}

/// <summary>What becomes of a column on the way.</summary>
/// <param name="Type">DIRECT: its values arrive; INDIRECT: they decide which do.</param>
/// <param name="Subtype">IDENTITY, TRANSFORMATION or AGGREGATION; JOIN, GROUP_BY, FILTER, SORT, WINDOW or CONDITIONAL.</param>
public sealed record FieldTransformation(string Type, string Subtype);

/// <summary>DatasetVersionDatasetFacet 1-0-1.</summary>
public sealed record VersionFacet(string DatasetVersion) : Facet(OpenLineage.Published("1-0-1", "DatasetVersionDatasetFacet"));

/// <summary>StorageDatasetFacet 1-0-1.</summary>
public sealed record StorageFacet(string StorageLayer, string FileFormat) : Facet(OpenLineage.Published("1-0-1", "StorageDatasetFacet"));

/// <summary>DocumentationDatasetFacet 1-1-0.</summary>
public sealed record DatasetDocumentationFacet(string Description) : Facet(OpenLineage.Published("1-1-0", "DocumentationDatasetFacet"));

/// <summary>Floe's own: a snapshot of an Iceberg table. Ids are texts because they have more digits than JavaScript's numbers.</summary>
/// <param name="SnapshotId">Id of the snapshot.</param>
/// <param name="ParentSnapshotId">The snapshot before it.</param>
/// <param name="SequenceNumber">Its place in the table's history.</param>
/// <param name="Operation">append, overwrite, replace or delete.</param>
/// <param name="Summary">Counts of the snapshot's summary: <c>total-records</c>, <c>added-data-files</c> and the like.</param>
public sealed record IcebergSnapshotFacet(string SnapshotId, string? ParentSnapshotId, long? SequenceNumber, string? Operation, IReadOnlyDictionary<string, long>? Summary)
    : Facet(OpenLineage.Own("1-0-0", "IcebergSnapshotDatasetFacet"));
