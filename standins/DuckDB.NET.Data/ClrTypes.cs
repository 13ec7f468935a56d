using System.Numerics;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data;

/// <summary>Which DuckDB type a .NET type becomes, as a table function's column or parameter.</summary>
internal static class ClrTypes
{
    private const byte DecimalWidth = 38;
    private const byte DecimalScale = 18;

    private static readonly Dictionary<Type, DuckDBType> types = new()
    {
        [typeof(bool)] = DuckDBType.Boolean,
        [typeof(sbyte)] = DuckDBType.TinyInt,
        [typeof(short)] = DuckDBType.SmallInt,
        [typeof(int)] = DuckDBType.Integer,
        [typeof(long)] = DuckDBType.BigInt,
        [typeof(byte)] = DuckDBType.UnsignedTinyInt,
        [typeof(ushort)] = DuckDBType.UnsignedSmallInt,
        [typeof(uint)] = DuckDBType.UnsignedInteger,
        [typeof(ulong)] = DuckDBType.UnsignedBigInt,
        [typeof(BigInteger)] = DuckDBType.HugeInt,
        [typeof(float)] = DuckDBType.Float,
        [typeof(double)] = DuckDBType.Double,
        [typeof(decimal)] = DuckDBType.Decimal,
        [typeof(string)] = DuckDBType.Varchar,
        [typeof(byte[])] = DuckDBType.Blob,
        [typeof(Guid)] = DuckDBType.Uuid,
        [typeof(DateTime)] = DuckDBType.Timestamp,
        [typeof(DateTimeOffset)] = DuckDBType.TimestampTz,
        [typeof(DateOnly)] = DuckDBType.Date,
        [typeof(DuckDBDateOnly)] = DuckDBType.Date,
        [typeof(TimeOnly)] = DuckDBType.Time,
        [typeof(DuckDBTimeOnly)] = DuckDBType.Time,
        [typeof(TimeSpan)] = DuckDBType.Interval,
    };

    public static bool TryMap(Type type, out DuckDBType mapped) => types.TryGetValue(Nullable.GetUnderlyingType(type) ?? type, out mapped);

    public static DuckDBType Map(Type type) => TryMap(type, out var mapped) ? mapped
        : throw new InvalidOperationException($"Cannot map type {type.FullName} to DuckDBType");

    /// <summary>A logical type that the caller destroys.</summary>
    public static nint CreateLogicalType(DuckDBType type) =>
        type == DuckDBType.Decimal ? Libduckdb.CreateDecimalType(DecimalWidth, DecimalScale) : Libduckdb.CreateLogicalType(type);

    /// <summary>The same from a .NET type, lists included.</summary>
    public static nint CreateLogicalType(Type type)
    {
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            using var child = new LogicalType(CreateLogicalType(type.GetGenericArguments()[0]));
            return Libduckdb.CreateListType(child.Pointer);
        }
        return CreateLogicalType(Map(type));
    }
}
