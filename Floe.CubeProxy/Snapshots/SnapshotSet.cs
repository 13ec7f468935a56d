using System.Collections.Concurrent;
using DuckDB.NET.Data;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Snapshots;

/// <summary>
/// One consistent state of all tables, as a DuckDB catalog of its own with a view per table. Queries rent connections that
/// stand in it; it disappears when a newer set has taken over and the last reader is done.
/// </summary>
public sealed class SnapshotSet
{
    private static readonly KeyValuePair<string, object?> _isIdle = new("state", "idle");
    private static readonly KeyValuePair<string, object?> _isUsed = new("state", "used");

    private readonly Dictionary<string, LoadedTable> _rollups = [];
    private readonly HashSet<string> _rollupNames = [];
    private readonly ConcurrentBag<DuckDBConnection> _idle = [];
    private readonly Func<DuckDBConnection> _connect;
    private readonly Action<SnapshotSet> _drop;
    private readonly object _gate = new();
    private int _readers;
    private bool _isRetired;

    internal SnapshotSet(string catalog, IReadOnlyDictionary<TableName, LoadedTable> tables, IReadOnlyList<TableState> states, DateTimeOffset loadedAt, Func<DuckDBConnection> connect, Action<SnapshotSet> drop)
    {
        Catalog = catalog;
        Tables = tables;
        States = states;
        LoadedAt = loadedAt;
        _connect = connect;
        _drop = drop;
        Id = IdOf(tables.Select(table => (table.Key, table.Value.VersionId)));
    }

    /// <summary>Equal ids mean equal answers.</summary>
    public string Id { get; }

    /// <summary>The id of a set of tables in these versions.</summary>
    public static string IdOf(IEnumerable<(TableName Table, string VersionId)> versions) =>
        string.Join('|', versions.OrderBy(version => version.Table.ToString(), StringComparer.Ordinal).Select(version => version.VersionId));

    public DateTimeOffset LoadedAt { get; }

    /// <summary>Which version of each table it is made of.</summary>
    public IReadOnlyList<TableState> States { get; }

    internal string Catalog { get; }

    internal IReadOnlyDictionary<TableName, LoadedTable> Tables { get; }

    internal IReadOnlyDictionary<string, LoadedTable> Rollups => _rollups;

    /// <summary>What the model asks of these tables and they do not have, by member or join.</summary>
    public IReadOnlyDictionary<object, ModelFault> Faults { get; internal set; } = new Dictionary<object, ModelFault>();

    /// <summary>How many rows a table has; one that is not in the set has none.</summary>
    public long RowsOf(TableName table) => Tables.GetValueOrDefault(table)?.Rows ?? 0;

    /// <summary>Names of the rollups that can be read.</summary>
    public IReadOnlySet<string> RollupNames => _rollupNames;

    /// <summary>Why a rollup is missing; null when all are there.</summary>
    public string? RollupProblem { get; internal set; }

    /// <summary>While the set is being made.</summary>
    internal void Add(string rollup, LoadedTable table)
    {
        _rollups.Add(rollup, table);
        _rollupNames.Add(rollup);
    }

    /// <summary>Keeps the set alive until the result is disposed; null when it is gone already (a newer one is there then).</summary>
    internal SnapshotReader? TryRead()
    {
        lock (_gate)
        {
            if (_isRetired) return null;
            _readers++;
        }
        return new SnapshotReader(this);
    }

    /// <summary>A further hold for somebody who already has one: the set cannot have gone.</summary>
    internal SnapshotReader ReadAgain()
    {
        lock (_gate)
        {
            if (_readers == 0) throw new ObjectDisposedException(nameof(SnapshotSet));
            _readers++;
        }
        return new SnapshotReader(this);
    }

    internal void Retire()
    {
        lock (_gate)
        {
            _isRetired = true;
            if (_readers > 0) return;
        }
        Drop();
    }

    internal DuckDBConnection Rent()
    {
        if (_idle.TryTake(out var idle))
        {
            CubeTelemetry.Connections.Add(-1, _isIdle);
            CubeTelemetry.Connections.Add(1, _isUsed);
            return idle;
        }
        var connection = _connect();
        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"USE {Catalog}";
            command.ExecuteNonQuery();
            CubeTelemetry.Connections.Add(1, _isUsed);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    internal void Return(DuckDBConnection connection)
    {
        _idle.Add(connection);
        CubeTelemetry.Connections.Add(-1, _isUsed);
        CubeTelemetry.Connections.Add(1, _isIdle);
    }

    /// <summary>For a rented connection of which nobody knows in what state it is.</summary>
    internal static void Discard(DuckDBConnection connection)
    {
        connection.Dispose();
        CubeTelemetry.Connections.Add(-1, _isUsed);
    }

    internal void Release()
    {
        lock (_gate)
        {
            if (--_readers > 0 || !_isRetired) return;
        }
        Drop();
    }

    private void Drop()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
            CubeTelemetry.Connections.Add(-1, _isIdle);
        }
        _drop(this);
    }
}
