using Microsoft.Win32.SafeHandles;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Native;

/// <summary>Owns a <c>duckdb_connection</c>; the handle is that pointer, for own declarations over the same library.</summary>
public class DuckDBNativeConnection() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    internal DuckDBNativeConnection(nint connection) : this() => SetHandle(connection);

    /// <summary>Stops the statement that runs on this connection, if any; that statement fails with error type Interrupt.</summary>
    public void Interrupt()
    {
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            Libduckdb.Interrupt(handle);
        }
        finally
        {
            if (added)
                DangerousRelease();
        }
    }

    protected override bool ReleaseHandle()
    {
        Libduckdb.Disconnect(ref handle);
        return true;
    }
}
