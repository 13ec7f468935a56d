using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

internal sealed unsafe class BooleanWriter() : VectorWriter(DuckDBType.Boolean)
{
    public override void Write(bool value, ulong row) => Data[row] = value ? (byte)1 : (byte)0;
}
