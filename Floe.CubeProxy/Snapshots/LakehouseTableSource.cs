using System.Globalization;
using DuckDB.NET.Data;
using Floe.CubeProxy.Model;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Tables;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Tables from the lakehouse, by snapshot.</summary>
public sealed class LakehouseTableSource(ICatalog catalog, DuckDbScan scan) : ITableSource
{
    private const int Attempts = 5;

    private IReadOnlyDictionary<TableName, ITableVersion>? _last;

    public string Name => "the lakehouse";

    public async Task<IReadOnlyDictionary<TableName, ITableVersion>> ReadVersionsAsync(IReadOnlyCollection<TableName> tables, CancellationToken ct)
    {
        var versions = await LoadAsync(tables, ct);
        if (_last is { } last && AreEqual(last, versions)) return versions;
        // A commit over several tables can fall between the loads of two of them: what counts is a state that two reads agree on.
        for (var i = 0; i < Attempts; i++)
        {
            var again = await LoadAsync(tables, ct);
            var isSettled = AreEqual(versions, again);
            versions = again;
            if (isSettled) break;
        }
        return _last = versions;
    }

    private static bool AreEqual(IReadOnlyDictionary<TableName, ITableVersion> left, IReadOnlyDictionary<TableName, ITableVersion> right) =>
        left.Count == right.Count && left.All(version => right.TryGetValue(version.Key, out var other) && other.Id == version.Value.Id);

    private async Task<IReadOnlyDictionary<TableName, ITableVersion>> LoadAsync(IReadOnlyCollection<TableName> tables, CancellationToken ct)
    {
        var loads = tables.Select(async table => (Name: table, Version: await LoadAsync(table, ct)));
        return (await Task.WhenAll(loads)).ToDictionary(pair => pair.Name, pair => pair.Version);
    }

    private async Task<ITableVersion> LoadAsync(TableName name, CancellationToken ct)
    {
        try
        {
            var table = await catalog.LoadTableAsync(new TableIdentifier(name.Schema, name.Name), ct);
            return table.Metadata.CurrentSnapshot is { } snapshot
                ? new SnapshotVersion(scan, table, snapshot)
                : throw new TableUnavailableException($"Table {name} has no snapshot yet; it is filled by the worker's transform job.");
        }
        catch (NoSuchTableException e)
        {
            throw new TableUnavailableException($"Table {name} is not in the lakehouse yet; it is created by the worker's transform job.", e);
        }
    }

    private sealed class SnapshotVersion(DuckDbScan scan, Table table, Snapshot snapshot) : ITableVersion
    {
        public string Id { get; } = $"{table.Metadata.TableUuid}/{snapshot.SnapshotId}";

        public SnapshotOrigin Origin { get; } = new(snapshot.SnapshotId, DateTimeOffset.FromUnixTimeMilliseconds(snapshot.TimestampMs), SnapshotTrace.Of(snapshot));

        public string Snapshot => snapshot.SnapshotId.ToString(CultureInfo.InvariantCulture);

        public IReadOnlyList<string> Columns => [.. table.Metadata.Schema.Fields.Select(column => column.Name)];

        public DateTimeOffset CommittedAt => snapshot.Timestamp;

        public async Task<string> ToSqlAsync(DuckDBConnection db, CancellationToken ct) => $"SELECT * FROM {await scan.ToSqlAsync(table, snapshot.SnapshotId, ct)}";
    }
}
