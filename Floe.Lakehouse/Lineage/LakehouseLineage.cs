using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;

namespace Floe.Lakehouse.Lineage;

/// <summary>Tables of the lakehouse as datasets of lineage events.</summary>
public sealed class LakehouseLineage(LakehouseConnection connection)
{
    private const string S3 = "s3://";

    // Counts that people look at; ids of runs and batches are in the events already.
    private static readonly string[] s_counts = ["added-data-files", "added-files-size", "added-records", "deleted-records", "total-data-files", "total-files-size", "total-records"];

    /// <summary>Name of a table.</summary>
    public DatasetName Name(TableIdentifier table) => LineageNames.Table(connection.Warehouse, table);

    /// <summary>A table that is read as it is.</summary>
    public InputDataset Read(Table table) => InputDataset.Of(Name(table.Identifier), Facets(table, schema: null, table.Metadata.CurrentSnapshot));

    /// <summary>A table, of which only the snapshot is known.</summary>
    public InputDataset Read(TableIdentifier table, long snapshotId) => InputDataset.Of(Name(table), new() { Version = new(Text(snapshotId)) });

    /// <summary>A table that a commit wrote.</summary>
    /// <param name="table">The table before.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="more">What else is known of it.</param>
    public OutputDataset Written(Table table, TableCommit commit, Func<DatasetFacets, DatasetFacets>? more = null)
    {
        var snapshot = commit.Updates.OfType<AddSnapshot>().LastOrDefault()?.Snapshot;
        var facets = Facets(table, commit.Updates.OfType<AddSchema>().LastOrDefault()?.Schema ?? table.Schema, snapshot);
        var statistics = snapshot is null ? null : new OutputStatisticsFacet(Count(snapshot, "added-records"), Count(snapshot, "added-files-size"), Count(snapshot, "added-data-files"));
        return OutputDataset.Of(Name(table.Identifier), more?.Invoke(facets) ?? facets, new() { OutputStatistics = statistics });
    }

    /// <summary>What is known of a table.</summary>
    public DatasetFacets Facets(Table table, Schema? schema, Snapshot? snapshot) => new()
    {
        Schema = schema is null ? null : new([.. schema.Fields.Select(f => new SchemaField(f.Name, f.Type.ToString()!, f.Doc))]),
        DataSource = new(connection.Warehouse, connection.CatalogUri),
        // As engines name it that know files and no catalog.
        Symlinks = Location(table.Location) is { } symlink ? new([symlink]) : null,
        Version = snapshot is null ? null : new(Text(snapshot.SnapshotId)),
        Storage = new("iceberg", "parquet"),
        Documentation = table.Metadata.Properties.GetValueOrDefault("comment") is { Length: > 0 } comment ? new(comment) : null,
        IcebergSnapshot = snapshot is null ? null : new(
            Text(snapshot.SnapshotId), snapshot.ParentSnapshotId is { } parent ? Text(parent) : null, snapshot.SequenceNumber, snapshot.Operation,
            s_counts.Select(name => (name, Value: Count(snapshot, name))).Where(c => c.Value is not null).ToDictionary(c => c.name, c => c.Value!.Value)),
    };

    private static Symlink? Location(string location) =>
        location.StartsWith(S3, StringComparison.Ordinal) && location.IndexOf('/', S3.Length) is > 0 and var slash ? new(location[..slash], location[(slash + 1)..].TrimEnd('/'), "LOCATION") : null;

    private static long? Count(Snapshot snapshot, string name) =>
        snapshot.Summary.GetValueOrDefault(name) is { } text && long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var count) ? count : null;

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
