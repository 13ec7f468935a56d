using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_create_table_function")]
    public static partial nint CreateTableFunction();

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_table_function")]
    public static partial void DestroyTableFunction(ref nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetTableFunctionName(nint function, string name);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_add_parameter")]
    public static partial void AddTableFunctionParameter(nint function, nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_extra_info")]
    public static partial void SetTableFunctionExtraInfo(nint function, nint info, delegate* unmanaged<nint, void> destroy);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_bind")]
    public static partial void SetTableFunctionBind(nint function, delegate* unmanaged<nint, void> bind);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_init")]
    public static partial void SetTableFunctionInit(nint function, delegate* unmanaged<nint, void> init);

    [LibraryImport(Name, EntryPoint = "duckdb_table_function_set_function")]
    public static partial void SetTableFunctionMain(nint function, delegate* unmanaged<nint, nint, void> main);

    [LibraryImport(Name, EntryPoint = "duckdb_register_table_function")]
    public static partial int RegisterTableFunction(DuckDBNativeConnection connection, nint function);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_extra_info")]
    public static partial nint BindExtraInfo(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_parameter_count")]
    public static partial ulong BindParameterCount(nint info);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_get_parameter")]
    public static partial nint BindParameter(nint info, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_add_result_column", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void BindAddColumn(nint info, string name, nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_bind_set_cardinality")]
    public static partial void BindSetCardinality(nint info, ulong rows, byte exact);

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
}
