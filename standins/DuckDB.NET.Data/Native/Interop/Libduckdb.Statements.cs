using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_extract_statements", StringMarshalling = StringMarshalling.Utf8)]
    public static partial ulong ExtractStatements(DuckDBNativeConnection connection, string sql, out nint statements);

    [LibraryImport(Name, EntryPoint = "duckdb_extract_statements_error")]
    public static partial nint ExtractStatementsError(nint statements);

    [LibraryImport(Name, EntryPoint = "duckdb_prepare_extracted_statement")]
    public static partial int PrepareExtracted(DuckDBNativeConnection connection, nint statements, ulong index, out nint prepared);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_extracted")]
    public static partial void DestroyExtracted(ref nint statements);

    [LibraryImport(Name, EntryPoint = "duckdb_prepare_error")]
    public static partial nint PrepareError(nint prepared);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_prepare")]
    public static partial void DestroyPrepare(ref nint prepared);

    [LibraryImport(Name, EntryPoint = "duckdb_nparams")]
    public static partial ulong ParameterCount(nint prepared);

    [LibraryImport(Name, EntryPoint = "duckdb_parameter_name")]
    public static partial nint ParameterName(nint prepared, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_value")]
    public static partial int BindValue(nint prepared, ulong index, nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_execute_prepared")]
    public static partial int Execute(nint prepared, out NativeResult result);

    [LibraryImport(Name, EntryPoint = "duckdb_execute_prepared_streaming")]
    public static partial int ExecuteStreaming(nint prepared, out NativeResult result);
}
