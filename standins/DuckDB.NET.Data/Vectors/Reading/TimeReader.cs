using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>TIME: microseconds since midnight.</summary>
internal sealed unsafe class TimeReader(string column) : VectorReader(column, DuckDBType.Time, typeof(TimeOnly))
{
    public override object GetObject(ulong row) => GetTimeOnly(row);

    public override object GetObject(ulong row, Type target) =>
        target == typeof(DuckDBTimeOnly) ? (DuckDBTimeOnly)GetTimeOnly(row) : base.GetObject(row, target);

    public override TimeOnly GetTimeOnly(ulong row) => new(((long*)Data)[row] * TimeSpan.TicksPerMicrosecond);

    public override DateTime GetDateTime(ulong row) => new(((long*)Data)[row] * TimeSpan.TicksPerMicrosecond);
}
