using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>DECIMAL(w, s): extra places are rounded, a too wide value is an OverflowException.</summary>
internal sealed unsafe class DecimalWriter(byte width, byte scale, DuckDBType stored) : VectorWriter(DuckDBType.Decimal)
{
    public override void Write(decimal value, ulong row)
    {
        switch (stored)
        {
            case DuckDBType.SmallInt: ((short*)Data)[row] = (short)DuckDBDecimal.ToScaled64(value, width, scale); break;
            case DuckDBType.Integer: ((int*)Data)[row] = (int)DuckDBDecimal.ToScaled64(value, width, scale); break;
            case DuckDBType.BigInt: ((long*)Data)[row] = DuckDBDecimal.ToScaled64(value, width, scale); break;
            default: ((Int128*)Data)[row] = DuckDBDecimal.ToScaled(value, width, scale); break;
        }
    }

    public override void Write(long value, ulong row) => Write((decimal)value, row);

    public override void Write(ulong value, ulong row) => Write((decimal)value, row);
}
