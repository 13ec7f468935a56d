using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_vector_size")]
    [SuppressGCTransition]
    public static partial ulong VectorSize();

    [LibraryImport(Name, EntryPoint = "duckdb_create_data_chunk")]
    public static partial nint CreateDataChunk(nint* types, ulong count);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_data_chunk")]
    public static partial void DestroyDataChunk(ref nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_reset")]
    public static partial void ResetDataChunk(nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_get_size")]
    [SuppressGCTransition]
    public static partial ulong GetDataChunkSize(nint chunk);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_set_size")]
    public static partial void SetDataChunkSize(nint chunk, ulong size);

    [LibraryImport(Name, EntryPoint = "duckdb_data_chunk_get_vector")]
    [SuppressGCTransition]
    public static partial nint GetVector(nint chunk, ulong column);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_column_type")]
    public static partial nint VectorType(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_data")]
    [SuppressGCTransition]
    public static partial byte* VectorData(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_get_validity")]
    [SuppressGCTransition]
    public static partial ulong* VectorValidity(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_ensure_validity_writable")]
    public static partial void EnsureValidityWritable(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_vector_assign_string_element_len")]
    public static partial void AssignString(nint vector, ulong index, byte* text, ulong length);

    [LibraryImport(Name, EntryPoint = "duckdb_list_vector_get_child")]
    public static partial nint ListChild(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_list_vector_get_size")]
    public static partial ulong ListSize(nint vector);

    [LibraryImport(Name, EntryPoint = "duckdb_list_vector_set_size")]
    public static partial int SetListSize(nint vector, ulong size);

    [LibraryImport(Name, EntryPoint = "duckdb_list_vector_reserve")]
    public static partial int ReserveList(nint vector, ulong capacity);

    [LibraryImport(Name, EntryPoint = "duckdb_struct_vector_get_child")]
    public static partial nint StructChild(nint vector, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_array_vector_get_child")]
    public static partial nint ArrayChild(nint vector);
}
