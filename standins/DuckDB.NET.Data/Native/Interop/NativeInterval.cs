using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary><c>duckdb_interval</c>: three parts that are never normalised into each other.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeInterval
{
    public int Months;
    public int Days;
    public long Micros;
}
