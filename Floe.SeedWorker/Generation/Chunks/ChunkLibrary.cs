using System.Runtime.InteropServices;
using DuckDB.NET.Native;

namespace Floe.SeedWorker.Generation.Chunks;

/// <summary>The few functions of DuckDB's C API that fill a table function's vectors directly; DuckDB.NET has them only a value at a time.</summary>
internal static unsafe partial class ChunkLibrary
{
    // The name under which DuckDB.NET's package, or what stands in for it, brings the library.
    private const string Name = "duckdb";

    [LibraryImport(Name, EntryPoint = "duckdb_create_logical_type")]
    public static partial nint CreateType(int id);

    [LibraryImport(Name, EntryPoint = "duckdb_create_decimal_type")]
    public static partial nint CreateDecimalType(byte width, byte scale);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_logical_type")]
    public static partial void DestroyType(ref nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_create_table_function")]
    public static partial nint CreateFunction();

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_table_function")]
    public static partial void DestroyFunction(ref nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetName(nint function, string name);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_add_parameter")]
    public static partial void AddParameter(nint function, nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_extra_info")]
    public static partial void SetExtraInfo(nint function, nint info, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_bind")]
    public static partial void SetBind(nint function, delegate* unmanaged<nint, void> bind);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_init")]
    public static partial void SetInit(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_function")]
    public static partial void SetFunction(nint function, delegate* unmanaged<nint, nint, void> main);

    [LibraryImport(Name, EntryPoint = "duckdb_register_table_function")]
    public static partial int Register(DuckDBNativeConnection connection, nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_extra_info")]
    public static partial nint BindExtraInfo(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_parameter")]
    public static partial nint BindParameter(nint info, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_is_null_value")]
    [return: MarshalAs(UnmanagedType.U1)]
    public static partial bool IsNull(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_int64")]
    public static partial long ToInt64(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_value")]
    public static partial void DestroyValue(ref nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_add_result_column", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void BindAddColumn(nint info, string name, nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_set_bind_data")]
    public static partial void BindSetData(nint info, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void BindSetError(nint info, string message);

    [LibraryImport(Name, EntryPoint = "duckdb_init_get_bind_data")]
    public static partial nint InitBindData(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_init_set_init_data")]
    public static partial void InitSetData(nint info, nint data, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Name, EntryPoint = "duckdb_init_set_max_threads")]
    public static partial void InitSetMaxThreads(nint info, ulong threads);

    [LibraryImport(Name, EntryPoint = "duckdb_init_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void InitSetError(nint info, string message);

    [LibraryImport(Name, EntryPoint = "duckdb_function_get_init_data")]
    public static partial nint FunctionInitData(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_function_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void FunctionSetError(nint info, string message);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_size")]
    public static partial ulong VectorSize();

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_set_size")]
    public static partial void SetSize(nint chunk, ulong size);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_get_vector")]
    public static partial nint Vector(nint chunk, ulong column);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_data")]
    public static partial byte* Data(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_validity")]
    public static partial ulong* Validity(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_ensure_validity_writable")]
    public static partial void EnsureValidity(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_assign_string_element_len")]
    public static partial void AssignText(nint vector, ulong row, byte* text, ulong length);
}
