using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Connections;

/// <summary>
/// The databases that this process has open. DuckDB locks a file for one instance, so all connections to a file share
/// one; the options of the first connection hold for all.
/// </summary>
internal static class OpenDatabases
{
    private static readonly Dictionary<string, Database> shared = new(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
    private static readonly Lock gate = new();

    public static (Database Database, DuckDBNativeConnection Connection) Open(DatabaseAddress address)
    {
        lock (gate)
        {
            var key = address.Key;
            if (key is null || !shared.TryGetValue(key, out var database))
                database = new Database(OpenNative(address), key);
            return (database, Attach(database));
        }
    }

    /// <summary>Another connection to a database that is open already.</summary>
    public static DuckDBNativeConnection OpenAgain(Database database)
    {
        lock (gate)
        {
            if (database.IsClosed)
                throw new InvalidOperationException("The in-memory database is gone: its last connection was closed before this duplicate was opened.");
            return Attach(database);
        }
    }

    public static void Release(Database database)
    {
        lock (gate)
        {
            if (--database.Connections > 0)
                return;
            if (database.Key is { } key)
                shared.Remove(key);
            database.Close();
        }
    }

    private static DuckDBNativeConnection Attach(Database database)
    {
        DuckDBNativeConnection connection;
        try
        {
            connection = database.Connect();
        }
        catch when (database.Connections == 0)
        {
            database.Close();
            throw;
        }
        database.Connections++;
        if (database.Key is { } key)
            shared[key] = database;
        return connection;
    }

    private static NativeDatabase OpenNative(DatabaseAddress address)
    {
        if (Libduckdb.CreateConfig(out var config) != Libduckdb.Success)
            throw new DuckDBException("DuckDB could not create a configuration.", DuckDBErrorType.OutOfMemory);
        try
        {
            foreach (var (name, value) in address.Options)
            {
                if (Libduckdb.SetConfig(config, name, value) != Libduckdb.Success)
                    throw new DuckDBException($"The connection string's option {name}={value} was refused by DuckDB; see its documentation for the values it takes.", DuckDBErrorType.Settings);
            }
            if (Libduckdb.Open(address.IsInMemory ? null : address.DataSource, out var database, config, out var error) != Libduckdb.Success)
                throw new DuckDBException(NativeText.Owned(error), DuckDBErrorType.Connection);
            return new NativeDatabase(database);
        }
        finally
        {
            Libduckdb.DestroyConfig(ref config);
        }
    }
}
