using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_appender_create_ext", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AppenderCreate(DuckDBNativeConnection connection, string? catalog, string? schema, string table, out nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_column_count")]
    public static partial ulong AppenderColumnCount(NativeAppender appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_column_type")]
    public static partial nint AppenderColumnType(NativeAppender appender, ulong column);

    [LibraryImport(Name, EntryPoint = "duckdb_append_data_chunk")]
    public static partial int AppendDataChunk(NativeAppender appender, nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_append_default_to_chunk")]
    public static partial int AppendDefaultToChunk(NativeAppender appender, nint chunk, ulong column, ulong row);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_flush")]
    public static partial int AppenderFlush(NativeAppender appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_clear")]
    public static partial int AppenderClear(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_error_data")]
    public static partial nint AppenderErrorData(nint appender);

    [LibraryImport(Name, EntryPoint = "duckdb_error_data_error_type")]
    public static partial DuckDBErrorType ErrorDataType(nint error);

    [LibraryImport(Name, EntryPoint = "duckdb_error_data_message")]
    public static partial nint ErrorDataMessage(nint error);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_error_data")]
    public static partial void DestroyErrorData(ref nint error);

    [LibraryImport(Name, EntryPoint = "duckdb_appender_destroy")]
    public static partial int AppenderDestroy(ref nint appender);
}
