using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary>The layout of <c>duckdb_result</c>: 48 bytes, passed by value to some functions and by pointer to the others.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    private ulong columnCount;
    private ulong rowCount;
    private ulong rowsChanged;
    private nint columns;
    private nint errorMessage;
    private nint data;
}
