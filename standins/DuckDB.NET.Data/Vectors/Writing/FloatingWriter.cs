using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>FLOAT and DOUBLE; integers are taken too.</summary>
internal sealed unsafe class FloatingWriter(DuckDBType type) : VectorWriter(type)
{
    public override void Write(double value, ulong row)
    {
        if (Type == DuckDBType.Double)
            ((double*)Data)[row] = value;
        else
            throw Mismatch<double>();
    }

    public override void Write(float value, ulong row) => Store(value, row);

    public override void Write(long value, ulong row) => Store(value, row);

    public override void Write(ulong value, ulong row) => Store(value, row);

    private void Store(double value, ulong row)
    {
        if (Type == DuckDBType.Double)
            ((double*)Data)[row] = value;
        else
            ((float*)Data)[row] = (float)value;
    }
}
