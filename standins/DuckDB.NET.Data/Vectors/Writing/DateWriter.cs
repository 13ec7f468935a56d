using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

internal sealed unsafe class DateWriter() : VectorWriter(DuckDBType.Date)
{
    public override void Write(DateOnly value, ulong row) => ((int*)Data)[row] = DuckDBEpoch.FromDate(value);

    public override void Write(DateTime value, ulong row) => Write(DateOnly.FromDateTime(value), row);
}
