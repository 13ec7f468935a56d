using Microsoft.Win32.SafeHandles;

namespace DuckDB.NET.Native.Interop;

/// <summary>Owns a <c>duckdb_database</c>. Open connections keep DuckDB's instance alive by themselves, so the order of closing is free.</summary>
internal sealed class NativeDatabase : SafeHandleZeroOrMinusOneIsInvalid
{
    public NativeDatabase(nint database) : base(ownsHandle: true) => SetHandle(database);

    protected override bool ReleaseHandle()
    {
        Libduckdb.Close(ref handle);
        return true;
    }
}
