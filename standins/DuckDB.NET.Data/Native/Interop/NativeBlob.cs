using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary><c>duckdb_blob</c> and <c>duckdb_bit</c>: memory that the caller frees.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeBlob
{
    public nint Data;
    public ulong Size;
}
