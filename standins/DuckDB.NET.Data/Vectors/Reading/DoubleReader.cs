using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

internal sealed unsafe class DoubleReader(string column) : VectorReader(column, DuckDBType.Double, typeof(double))
{
    public override object GetObject(ulong row) => GetDouble(row);

    public override double GetDouble(ulong row) => ((double*)Data)[row];

    public override float GetFloat(ulong row)
    {
        var value = GetDouble(row);
        var narrow = (float)value;
        return float.IsInfinity(narrow) && !double.IsInfinity(value) ? throw TooLarge(value, typeof(float)) : narrow;
    }
}
