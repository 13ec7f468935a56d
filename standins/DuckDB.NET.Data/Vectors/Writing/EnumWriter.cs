using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>ENUM: takes the names of the type's dictionary.</summary>
internal sealed unsafe class EnumWriter : VectorWriter
{
    private readonly Dictionary<string, uint> indexes = [];
    private readonly DuckDBType stored;

    public EnumWriter(nint type) : base(DuckDBType.Enum)
    {
        stored = Libduckdb.EnumInternalType(type);
        var size = Libduckdb.EnumSize(type);
        for (uint i = 0; i < size; i++)
            indexes[NativeText.Owned(Libduckdb.EnumValue(type, i))] = i;
    }

    public override void Write(string value, ulong row)
    {
        if (!indexes.TryGetValue(value, out var index))
            throw new InvalidOperationException($"'{value}' is no value of the enum column; it takes {string.Join(", ", indexes.Keys)}.");
        switch (stored)
        {
            case DuckDBType.UnsignedTinyInt: Data[row] = (byte)index; break;
            case DuckDBType.UnsignedSmallInt: ((ushort*)Data)[row] = (ushort)index; break;
            default: ((uint*)Data)[row] = index; break;
        }
    }
}
