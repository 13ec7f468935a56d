using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary><c>duckdb_hugeint</c> and <c>duckdb_uhugeint</c>: the low word first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeInt128
{
    public ulong Lower;
    public ulong Upper;

    public static NativeInt128 From(Int128 value) => new() { Lower = (ulong)value, Upper = (ulong)(value >> 64) };

    public readonly Int128 ToInt128() => new(Upper, Lower);

    public readonly UInt128 ToUInt128() => new(Upper, Lower);
}
