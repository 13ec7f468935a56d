using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

/// <summary>The functions of libduckdb that the stand-in calls, by the topics of the C API.</summary>
internal static unsafe partial class Libduckdb
{
    public const string Name = "duckdb";

    /// <summary>The status that every fallible function returns when it worked.</summary>
    public const int Success = 0;

    [LibraryImport(Name, EntryPoint = "duckdb_library_version")]
    public static partial nint LibraryVersion();

    [LibraryImport(Name, EntryPoint = "duckdb_create_config")]
    public static partial int CreateConfig(out nint config);

    [LibraryImport(Name, EntryPoint = "duckdb_set_config", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetConfig(nint config, string name, string option);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_config")]
    public static partial void DestroyConfig(ref nint config);

    [LibraryImport(Name, EntryPoint = "duckdb_config_count")]
    public static partial nuint ConfigCount();

    [LibraryImport(Name, EntryPoint = "duckdb_get_config_flag")]
    public static partial int GetConfigFlag(nuint index, out nint name, out nint description);

    [LibraryImport(Name, EntryPoint = "duckdb_open_ext", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string? path, out nint database, nint config, out nint error);

    [LibraryImport(Name, EntryPoint = "duckdb_close")]
    public static partial void Close(ref nint database);

    [LibraryImport(Name, EntryPoint = "duckdb_connect")]
    public static partial int Connect(NativeDatabase database, out nint connection);

    [LibraryImport(Name, EntryPoint = "duckdb_disconnect")]
    public static partial void Disconnect(ref nint connection);

    [LibraryImport(Name, EntryPoint = "duckdb_interrupt")]
    public static partial void Interrupt(nint connection);

    [LibraryImport(Name, EntryPoint = "duckdb_query_progress")]
    public static partial DuckDBQueryProgress QueryProgress(DuckDBNativeConnection connection);

    [LibraryImport(Name, EntryPoint = "duckdb_free")]
    public static partial void Free(nint memory);
}
