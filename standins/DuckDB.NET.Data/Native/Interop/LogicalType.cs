namespace DuckDB.NET.Native.Interop;

/// <summary>A <c>duckdb_logical_type</c> for the length of a using block.</summary>
internal readonly ref struct LogicalType(nint type) : IDisposable
{
    public nint Pointer { get; } = type;

    public DuckDBType Id => Libduckdb.TypeId(Pointer);

    public void Dispose()
    {
        var pointer = Pointer;
        Libduckdb.DestroyLogicalType(ref pointer);
    }
}
