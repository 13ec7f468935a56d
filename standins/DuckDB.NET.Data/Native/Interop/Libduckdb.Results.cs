using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_destroy_result")]
    public static partial void DestroyResult(ref NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_result_error")]
    public static partial nint ResultError(ref NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_result_error_type")]
    public static partial DuckDBErrorType ResultErrorType(ref NativeResult result);

    /// <returns>1 changed rows, 2 nothing, 3 a query result.</returns>
    [LibraryImport(Name, EntryPoint = "duckdb_result_return_type")]
    public static partial int ResultReturnType(NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_rows_changed")]
    public static partial ulong RowsChanged(ref NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_column_count")]
    public static partial ulong ColumnCount(ref NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_column_name")]
    public static partial nint ColumnName(ref NativeResult result, ulong column);

    [LibraryImport(Name, EntryPoint = "duckdb_column_logical_type")]
    public static partial nint ColumnLogicalType(ref NativeResult result, ulong column);

    [LibraryImport(Name, EntryPoint = "duckdb_fetch_chunk")]
    public static partial nint FetchChunk(NativeResult result);
}
