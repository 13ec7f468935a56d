using System.Buffers.Binary;

namespace DuckDB.NET.Data.Vectors;

/// <summary>A UUID is the 128-bit number of its text; inside vectors the top bit is flipped so that signed order is text order.</summary>
internal static class DuckDBUuid
{
    private static readonly UInt128 topBit = UInt128.One << 127;

    public static Guid FromNumber(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new Guid(bytes, bigEndian: true);
    }

    public static UInt128 ToNumber(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    public static Guid FromVector(UInt128 stored) => FromNumber(stored ^ topBit);

    public static UInt128 ToVector(Guid value) => ToNumber(value) ^ topBit;
}
