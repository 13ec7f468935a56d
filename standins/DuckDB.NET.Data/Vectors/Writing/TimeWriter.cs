using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

internal sealed unsafe class TimeWriter() : VectorWriter(DuckDBType.Time)
{
    public override void Write(TimeOnly value, ulong row) => ((long*)Data)[row] = value.Ticks / TimeSpan.TicksPerMicrosecond;
}
