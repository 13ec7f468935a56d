using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

internal sealed unsafe class UuidWriter() : VectorWriter(DuckDBType.Uuid)
{
    public override void Write(Guid value, ulong row) => ((UInt128*)Data)[row] = DuckDBUuid.ToVector(value);
}
