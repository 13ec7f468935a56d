using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

internal sealed unsafe class FloatReader(string column) : VectorReader(column, DuckDBType.Float, typeof(float))
{
    public override object GetObject(ulong row) => GetFloat(row);

    public override float GetFloat(ulong row) => ((float*)Data)[row];

    public override double GetDouble(ulong row) => GetFloat(row);
}
