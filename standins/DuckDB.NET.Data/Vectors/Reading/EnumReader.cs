using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>ENUM: an index of 8, 16 or 32 bits into the type's dictionary of names.</summary>
internal sealed unsafe class EnumReader : VectorReader
{
    private readonly string[] names;
    private readonly DuckDBType stored;

    public EnumReader(string column, nint type) : base(column, DuckDBType.Enum, typeof(string))
    {
        stored = Libduckdb.EnumInternalType(type);
        names = new string[Libduckdb.EnumSize(type)];
        for (var i = 0; i < names.Length; i++)
            names[i] = NativeText.Owned(Libduckdb.EnumValue(type, (ulong)i));
    }

    public override object GetObject(ulong row) => GetString(row);

    public override string GetString(ulong row) => names[stored switch
    {
        DuckDBType.UnsignedTinyInt => Data[row],
        DuckDBType.UnsignedSmallInt => ((ushort*)Data)[row],
        _ => ((uint*)Data)[row],
    }];
}
