using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Connections;

/// <summary>One open database of this process with the number of its connections; the last one closes it.</summary>
internal sealed class Database(NativeDatabase handle, string? key)
{
    /// <summary>Under which name other connections find it; null for a private in-memory database.</summary>
    public string? Key { get; } = key;

    public int Connections { get; set; }

    public bool IsClosed => handle.IsClosed;

    public DuckDBNativeConnection Connect()
    {
        if (Libduckdb.Connect(handle, out var connection) != Libduckdb.Success)
            throw new DuckDBException($"DuckDB could not open a connection to {Key ?? DatabaseAddress.InMemory}.", DuckDBErrorType.Connection);
        return new DuckDBNativeConnection(connection);
    }

    public void Close() => handle.Dispose();
}
