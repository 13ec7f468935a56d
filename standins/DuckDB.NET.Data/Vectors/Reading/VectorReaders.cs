using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>Makes the reader of a column from its logical type, nested types included.</summary>
internal static class VectorReaders
{
    public static VectorReader Create(string column, nint type)
    {
        var id = Libduckdb.TypeId(type);
        return id switch
        {
            DuckDBType.Boolean => new BooleanReader(column),
            DuckDBType.TinyInt => new IntegerReader<sbyte>(column, id),
            DuckDBType.SmallInt => new IntegerReader<short>(column, id),
            DuckDBType.Integer or DuckDBType.SqlNull => new IntegerReader<int>(column, DuckDBType.Integer),
            DuckDBType.BigInt => new IntegerReader<long>(column, id),
            DuckDBType.UnsignedTinyInt => new IntegerReader<byte>(column, id),
            DuckDBType.UnsignedSmallInt => new IntegerReader<ushort>(column, id),
            DuckDBType.UnsignedInteger => new IntegerReader<uint>(column, id),
            DuckDBType.UnsignedBigInt => new IntegerReader<ulong>(column, id),
            DuckDBType.HugeInt => new HugeIntReader<Int128>(column, id),
            DuckDBType.UnsignedHugeInt => new HugeIntReader<UInt128>(column, id),
            DuckDBType.Float => new FloatReader(column),
            DuckDBType.Double => new DoubleReader(column),
            DuckDBType.Decimal => new DecimalReader(column, Libduckdb.DecimalWidth(type), Libduckdb.DecimalScale(type), Libduckdb.DecimalInternalType(type)),
            DuckDBType.Varchar => new VarcharReader(column),
            DuckDBType.Blob => new BlobReader(column),
            DuckDBType.Bit => new BitReader(column),
            DuckDBType.Uuid => new UuidReader(column),
            DuckDBType.Date => new DateReader(column),
            DuckDBType.Time => new TimeReader(column),
            DuckDBType.TimeTz => new TimeTzReader(column),
            DuckDBType.Interval => new IntervalReader(column),
            DuckDBType.Timestamp or DuckDBType.TimestampTz => new TimestampReader(column, id, TimeSpan.TicksPerMicrosecond),
            DuckDBType.TimestampS => new TimestampReader(column, id, TimeSpan.TicksPerSecond),
            DuckDBType.TimestampMs => new TimestampReader(column, id, TimeSpan.TicksPerMillisecond),
            DuckDBType.TimestampNs => new TimestampReader(column, id, 1, TimeSpan.NanosecondsPerTick),
            DuckDBType.Enum => new EnumReader(column, type),
            DuckDBType.List => new ListReader(column, id, Child(column, Libduckdb.ListChildType(type)), 0),
            DuckDBType.Array => new ListReader(column, id, Child(column, Libduckdb.ArrayChildType(type)), Libduckdb.ArraySize(type)),
            DuckDBType.Struct => new StructReader(column, Fields(type)),
            DuckDBType.Map => new MapReader(column, Child(column, Libduckdb.MapKeyType(type)), Child(column, Libduckdb.MapValueType(type))),
            _ => throw new ArgumentException($"Unrecognised type {id} ({(int)id}) in column {column}"),
        };
    }

    private static VectorReader Child(string column, nint type)
    {
        using var owned = new LogicalType(type);
        return Create(column, owned.Pointer);
    }

    private static (string, VectorReader)[] Fields(nint type)
    {
        var fields = new (string, VectorReader)[Libduckdb.StructChildCount(type)];
        for (var i = 0; i < fields.Length; i++)
        {
            var name = NativeText.Owned(Libduckdb.StructChildName(type, (ulong)i));
            fields[i] = (name, Child(name, Libduckdb.StructChildType(type, (ulong)i)));
        }
        return fields;
    }
}
