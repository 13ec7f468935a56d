using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary><c>duckdb_decimal</c>. The 128 bits are two words because Int128 cannot cross P/Invoke by value.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDecimal
{
    public byte Width;
    public byte Scale;
    public NativeInt128 Value;
}
