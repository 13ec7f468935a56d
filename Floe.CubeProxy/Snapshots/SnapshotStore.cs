using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Planning;

namespace Floe.CubeProxy.Snapshots;

/// <summary>The engine's database: holds the current set of tables and swaps in the next one while queries run.</summary>
public sealed class SnapshotStore : IDisposable
{
    private const string NativeSchema = "\"memory\".\"floe\"";

    private const int LeastCompressed = 250_000;

    private readonly DuckDBConnection _root;
    private readonly IReadOnlyList<RollupTable> _rollups;
    private readonly ModelCheck? _check;
    private readonly TimeProvider _clock;
    private readonly object _bookkeeping = new();
    private readonly SemaphoreSlim _loading = new(1, 1);
    private long _counter;
    private volatile SnapshotSet? _current;
    private bool _isDisposed;

    /// <param name="rollups">Tables to build with every set; null: none.</param>
    /// <param name="check">Holds the model against every set; null: nothing does.</param>
    public SnapshotStore(EngineOptions options, TimeProvider clock, IReadOnlyList<RollupTable>? rollups = null, ModelCheck? check = null)
    {
        _clock = clock;
        _rollups = rollups ?? [];
        _check = check;
        _root = new DuckDBConnection("DataSource=:memory:");
        _root.Open();
        // A file is read once, when its table is loaded: kept in DuckDB's file cache it would fill the memory until the limit.
        // What does not fit into memory is refused, not written to the disk. Extensions are neither fetched nor loaded behind the engine's back: what it needs is built in.
        Execute(_root, string.Create(CultureInfo.InvariantCulture,
            $"SET memory_limit = '{options.MemoryLimit}'; SET temp_directory = ''; SET enable_external_file_cache = false; SET threads = {options.Threads}; SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SET autoinstall_known_extensions = false; SET autoload_known_extensions = false; CREATE SCHEMA {NativeSchema}"));
    }

    /// <summary>Null before the first load.</summary>
    public SnapshotSet? Current => _current;

    /// <summary>Holds the current set for reading; null before the first load.</summary>
    public SnapshotReader? Read()
    {
        while (_current is { } set)
        {
            if (set.TryRead() is { } reader) return reader;
        }
        return null;
    }

    /// <summary>Looks for states of the tables that are not in service; null: there are none.</summary>
    public async Task<NewVersions?> LookAsync(ITableSource source, IReadOnlyCollection<TableName> tables, CancellationToken ct)
    {
        // A look every few hundred milliseconds is no news: its calls are kept out of the traces by a parent that is not sampled.
        using var unsampled = new Activity("cube.look") { ActivityTraceFlags = ActivityTraceFlags.None };
        unsampled.SetIdFormat(ActivityIdFormat.W3C).Start();
        var versions = await source.ReadVersionsAsync(tables, ct);
        var current = _current;
        return NewVersions.Of(versions, table => current?.Tables.GetValueOrDefault(table)?.VersionId, isFirst: current is null);
    }

    /// <summary>Loads what changed, beside the serving of the current set, and swaps.</summary>
    public async Task LoadAsync(NewVersions found, CancellationToken ct)
    {
        await _loading.WaitAsync(ct);
        try
        {
            var (versions, current) = (found.All, _current);
            var next = new Dictionary<TableName, LoadedTable>();
            var fresh = new List<LoadedTable>();
            try
            {
                await using var db = Connect();
                foreach (var table in versions.Keys)
                {
                    if (current?.Tables.GetValueOrDefault(table) is { } kept && kept.VersionId == versions[table].Id)
                    {
                        next[table] = kept;
                        continue;
                    }
                    next[table] = await LoadAsync(db, table, versions[table], ct);
                    fresh.Add(next[table]);
                }
                var set = CreateSet(db, next, TableState.Of(versions));
                if (_check is not null) set.Faults = Faults(set, _check);
                if (_rollups.Count > 0) BuildRollups(set, current);
                _current = set;
            }
            catch
            {
                foreach (var table in fresh) Execute(_root, table.DropSql);
                throw;
            }
            current?.Retire();
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose()
    {
        lock (_bookkeeping) _isDisposed = true;
        _current?.Retire();
        _current = null;
        _root.Dispose();
        _loading.Dispose();
    }

    private async Task<LoadedTable> LoadAsync(DuckDBConnection db, TableName table, ITableVersion version, CancellationToken ct)
    {
        using var span = CubeTelemetry.Source.StartActivity("cube.refresh.table");
        span?.SetTag("floe.table", table.ToString()).SetTag("floe.snapshot_id", version.Origin?.SnapshotId);
        // A catalog of its own: compressing it waits for no reader of another table.
        var catalog = string.Create(CultureInfo.InvariantCulture, $"\"data_{Interlocked.Increment(ref _counter)}\"");
        var drop = $"DETACH DATABASE IF EXISTS {catalog}";
        Execute(db, $"ATTACH ':memory:' AS {catalog} (COMPRESS)");
        try
        {
            var name = $"{catalog}.\"main\".\"{table.Name.Replace("\"", "\"\"")}\"";
            await using var command = db.CreateCommand();
            command.CommandText = $"CREATE TABLE {name} AS {await version.ToSqlAsync(db, ct)}";
            await command.ExecuteNonQueryAsync(ct);
            command.CommandText = $"SELECT count(*) FROM {name}";
            // Compressed, a large table takes half the memory, and texts of few values are grouped as numbers.
            var rows = Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
            span?.SetTag("floe.rows", rows);
            if (rows >= LeastCompressed) Execute(db, $"CHECKPOINT {catalog}");
            return new LoadedTable(name, version.Id, rows, drop);
        }
        catch (Exception e)
        {
            span.FailedBy(CubeTelemetry.KindOf(e));
            Execute(_root, drop);
            throw;
        }
    }

    private SnapshotSet CreateSet(DuckDBConnection db, Dictionary<TableName, LoadedTable> tables, IReadOnlyList<TableState> states)
    {
        var catalog = string.Create(CultureInfo.InvariantCulture, $"\"set_{Interlocked.Increment(ref _counter)}\"");
        Execute(db, $"ATTACH ':memory:' AS {catalog}; {UtcTime.CreateIn(catalog)}");
        try
        {
            foreach (var (name, table) in tables)
            {
                var schema = name.Schema.Length == 0 ? "\"main\"" : $"\"{name.Schema.Replace("\"", "\"\"")}\"";
                Execute(db, $"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}; CREATE VIEW {catalog}.{schema}.\"{name.Name.Replace("\"", "\"\"")}\" AS SELECT * FROM {table.NativeName}");
            }
        }
        catch
        {
            Execute(db, $"DETACH {catalog}");
            throw;
        }
        lock (_bookkeeping)
        {
            foreach (var table in tables.Values) table.Users++;
        }
        return new SnapshotSet(catalog, tables, states, _clock.GetUtcNow(), Connect, Drop);
    }

    private IReadOnlyDictionary<object, ModelFault> Faults(SnapshotSet set, ModelCheck check)
    {
        using var db = Connect();
        Execute(db, $"USE {set.Catalog}");
        return check.Run(sql =>
        {
            try
            {
                Execute(db, $"EXPLAIN {sql}");
                return null;
            }
            catch (DuckDBException e)
            {
                return QueryEngine.FirstLine(e.Message);
            }
        });
    }

    // A rollup that cannot be built costs speed, not answers: queries read the tables then.
    private void BuildRollups(SnapshotSet set, SnapshotSet? previous)
    {
        using var span = CubeTelemetry.Source.StartActivity("cube.refresh.rollups");
        using var db = Connect();
        Execute(db, $"USE {set.Catalog}; CREATE SCHEMA {RollupTable.Schema}");
        foreach (var rollup in _rollups)
        {
            var version = SnapshotSet.IdOf(set.Tables.Where(table => rollup.Sources?.Contains(table.Key) != false).Select(table => (table.Key, table.Value.VersionId)));
            var table = previous?.Rollups.GetValueOrDefault(rollup.Name) is { } kept && kept.VersionId == version ? kept : null;
            try
            {
                if (table is null)
                {
                    var native = string.Create(CultureInfo.InvariantCulture, $"{NativeSchema}.\"rollup_{Interlocked.Increment(ref _counter)}\"");
                    table = new LoadedTable(native, version, rows: 0, $"DROP TABLE {native}");
                    Execute(db, $"CREATE TABLE {table.NativeName} AS {rollup.BuildSql}");
                }
                Execute(db, $"CREATE VIEW {set.Catalog}.{rollup.Quoted} AS SELECT * FROM {table.NativeName}");
            }
            catch (DuckDBException e)
            {
                set.RollupProblem = $"Rollup {rollup.Name} could not be built; queries read the tables instead. {e.Message}";
                continue;
            }
            lock (_bookkeeping) table.Users++;
            set.Add(rollup.Name, table);
        }
    }

    private void Drop(SnapshotSet set)
    {
        lock (_bookkeeping)
        {
            if (_isDisposed) return;
            Execute(_root, $"DETACH {set.Catalog}");
            foreach (var table in set.Tables.Values.Concat(set.Rollups.Values))
            {
                if (--table.Users == 0) Execute(_root, table.DropSql);
            }
        }
    }

    private DuckDBConnection Connect()
    {
        var connection = _root.Duplicate();
        connection.Open();
        return connection;
    }

    private static void Execute(DuckDBConnection db, string sql)
    {
        using var command = db.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
