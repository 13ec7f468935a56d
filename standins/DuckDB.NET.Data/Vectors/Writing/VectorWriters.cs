using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>Makes the writer of a column from its logical type.</summary>
internal static class VectorWriters
{
    public static VectorWriter Create(nint type)
    {
        var id = Libduckdb.TypeId(type);
        return id switch
        {
            DuckDBType.Boolean => new BooleanWriter(),
            DuckDBType.TinyInt => new IntegerWriter<sbyte>(id),
            DuckDBType.SmallInt => new IntegerWriter<short>(id),
            DuckDBType.Integer => new IntegerWriter<int>(id),
            DuckDBType.BigInt => new IntegerWriter<long>(id),
            DuckDBType.UnsignedTinyInt => new IntegerWriter<byte>(id),
            DuckDBType.UnsignedSmallInt => new IntegerWriter<ushort>(id),
            DuckDBType.UnsignedInteger => new IntegerWriter<uint>(id),
            DuckDBType.UnsignedBigInt => new IntegerWriter<ulong>(id),
            DuckDBType.HugeInt => new IntegerWriter<Int128>(id),
            DuckDBType.UnsignedHugeInt => new IntegerWriter<UInt128>(id),
            DuckDBType.Float or DuckDBType.Double => new FloatingWriter(id),
            DuckDBType.Decimal => new DecimalWriter(Libduckdb.DecimalWidth(type), Libduckdb.DecimalScale(type), Libduckdb.DecimalInternalType(type)),
            DuckDBType.Varchar or DuckDBType.Blob => new VarcharWriter(id),
            DuckDBType.Uuid => new UuidWriter(),
            DuckDBType.Date => new DateWriter(),
            DuckDBType.Time => new TimeWriter(),
            DuckDBType.Timestamp or DuckDBType.TimestampTz => new TimestampWriter(id, TimeSpan.TicksPerMicrosecond),
            DuckDBType.TimestampS => new TimestampWriter(id, TimeSpan.TicksPerSecond),
            DuckDBType.TimestampMs => new TimestampWriter(id, TimeSpan.TicksPerMillisecond),
            DuckDBType.TimestampNs => new TimestampWriter(id, 1, TimeSpan.NanosecondsPerTick),
            DuckDBType.Interval => new IntervalWriter(),
            DuckDBType.Enum => new EnumWriter(type),
            DuckDBType.List => new ListWriter(id, Child(Libduckdb.ListChildType(type)), 0),
            DuckDBType.Array => new ListWriter(id, Child(Libduckdb.ArrayChildType(type)), Libduckdb.ArraySize(type)),
            _ => throw new NotSupportedException($"Columns of the type {id} cannot be written; cast them in SQL."),
        };
    }

    private static VectorWriter Child(nint type)
    {
        using var owned = new LogicalType(type);
        return Create(owned.Pointer);
    }
}
