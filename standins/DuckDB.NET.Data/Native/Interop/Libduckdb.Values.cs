using System.Runtime.InteropServices;

namespace DuckDB.NET.Native.Interop;

internal static unsafe partial class Libduckdb
{
    [LibraryImport(Name, EntryPoint = "duckdb_create_null_value")]
    public static partial nint CreateNull();

    [LibraryImport(Name, EntryPoint = "duckdb_create_bool")]
    public static partial nint CreateBool(byte value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_int8")]
    public static partial nint CreateInt8(sbyte value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_int16")]
    public static partial nint CreateInt16(short value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_int32")]
    public static partial nint CreateInt32(int value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_int64")]
    public static partial nint CreateInt64(long value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_uint8")]
    public static partial nint CreateUInt8(byte value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_uint16")]
    public static partial nint CreateUInt16(ushort value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_uint32")]
    public static partial nint CreateUInt32(uint value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_uint64")]
    public static partial nint CreateUInt64(ulong value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_hugeint")]
    public static partial nint CreateHugeInt(NativeInt128 value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_float")]
    public static partial nint CreateFloat(float value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_double")]
    public static partial nint CreateDouble(double value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_decimal")]
    public static partial nint CreateDecimal(NativeDecimal value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_date")]
    public static partial nint CreateDate(int days);

    [LibraryImport(Name, EntryPoint = "duckdb_create_time")]
    public static partial nint CreateTime(long micros);

    [LibraryImport(Name, EntryPoint = "duckdb_create_timestamp")]
    public static partial nint CreateTimestamp(long micros);

    [LibraryImport(Name, EntryPoint = "duckdb_create_timestamp_tz")]
    public static partial nint CreateTimestampTz(long micros);

    [LibraryImport(Name, EntryPoint = "duckdb_create_interval")]
    public static partial nint CreateInterval(NativeInterval value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_uuid")]
    public static partial nint CreateUuid(NativeInt128 value);

    [LibraryImport(Name, EntryPoint = "duckdb_create_varchar_length")]
    public static partial nint CreateVarchar(byte* text, ulong length);

    [LibraryImport(Name, EntryPoint = "duckdb_create_blob")]
    public static partial nint CreateBlob(byte* data, ulong length);

    [LibraryImport(Name, EntryPoint = "duckdb_create_list_value")]
    public static partial nint CreateList(nint childType, nint* values, ulong count);

    [LibraryImport(Name, EntryPoint = "duckdb_destroy_value")]
    public static partial void DestroyValue(ref nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_is_null_value")]
    public static partial byte IsNullValue(nint value);

    /// <returns>A type that the value keeps: it must not be destroyed.</returns>
    [LibraryImport(Name, EntryPoint = "duckdb_get_value_type")]
    public static partial nint ValueType(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_bool")]
    public static partial byte GetBool(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_int64")]
    public static partial long GetInt64(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_uint64")]
    public static partial ulong GetUInt64(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_hugeint")]
    public static partial NativeInt128 GetHugeInt(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_uhugeint")]
    public static partial NativeInt128 GetUHugeInt(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_float")]
    public static partial float GetFloat(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_double")]
    public static partial double GetDouble(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_decimal")]
    public static partial NativeDecimal GetDecimal(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_date")]
    public static partial int GetDate(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_time")]
    public static partial long GetTime(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_timestamp")]
    public static partial long GetTimestamp(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_timestamp_tz")]
    public static partial long GetTimestampTz(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_interval")]
    public static partial NativeInterval GetInterval(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_uuid")]
    public static partial NativeInt128 GetUuid(nint value);

    [LibraryImport(Name, EntryPoint = "duckdb_get_blob")]
    public static partial NativeBlob GetBlob(nint value);

    /// <returns>A text that the caller frees.</returns>
    [LibraryImport(Name, EntryPoint = "duckdb_get_varchar")]
    public static partial nint GetVarchar(nint value);
}
