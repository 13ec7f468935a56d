using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Writing;

internal sealed unsafe class IntervalWriter() : VectorWriter(DuckDBType.Interval)
{
    public override void Write(TimeSpan value, ulong row) => ((NativeInterval*)Data)[row] = new NativeInterval
    {
        Days = value.Days,
        Micros = value.Ticks % TimeSpan.TicksPerDay / TimeSpan.TicksPerMicrosecond,
    };
}
