using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_create_logical_type")]
    public static partial nint CreateLogicalType(DuckDBType type);

    [LibraryImport(Name, EntryPoint = "duckdb_create_decimal_type")]
    public static partial nint CreateDecimalType(byte width, byte scale);

    [LibraryImport(Name, EntryPoint = "duckdb_create_list_type")]
    public static partial nint CreateListType(nint child);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_logical_type")]
    public static partial void DestroyLogicalType(ref nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_get_type_id")]
    public static partial DuckDBType TypeId(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_decimal_width")]
    public static partial byte DecimalWidth(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_decimal_scale")]
    public static partial byte DecimalScale(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_decimal_internal_type")]
    public static partial DuckDBType DecimalInternalType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_enum_internal_type")]
    public static partial DuckDBType EnumInternalType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_enum_dictionary_size")]
    public static partial uint EnumSize(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_enum_dictionary_value")]
    public static partial nint EnumValue(nint type, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_list_type_child_type")]
    public static partial nint ListChildType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_array_type_child_type")]
    public static partial nint ArrayChildType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_array_type_array_size")]
    public static partial ulong ArraySize(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_map_type_key_type")]
    public static partial nint MapKeyType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_map_type_value_type")]
    public static partial nint MapValueType(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_struct_type_child_count")]
    public static partial ulong StructChildCount(nint type);

    [LibraryImport(Name, EntryPoint = "duckdb_struct_type_child_name")]
    public static partial nint StructChildName(nint type, ulong index);

    [LibraryImport(Name, EntryPoint = "duckdb_struct_type_child_type")]
    public static partial nint StructChildType(nint type, ulong index);
}
