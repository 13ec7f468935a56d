using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>DECIMAL(w, s): stored in 16, 32, 64 or 128 bits by its width.</summary>
internal sealed unsafe class DecimalReader(string column, byte width, byte scale, DuckDBType stored) : VectorReader(column, DuckDBType.Decimal, typeof(decimal))
{
    public byte Width => width;

    public byte Scale => scale;

    public override object GetObject(ulong row) => GetDecimal(row);

    public override decimal GetDecimal(ulong row) => stored switch
    {
        DuckDBType.SmallInt => Small(((short*)Data)[row]),
        DuckDBType.Integer => Small(((int*)Data)[row]),
        DuckDBType.BigInt => Small(((long*)Data)[row]),
        _ => DuckDBDecimal.ToDecimal(((Int128*)Data)[row], scale),
    };

    private decimal Small(long value)
    {
        var magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), 0, value < 0, scale);
    }
}
