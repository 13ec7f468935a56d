using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>INTERVAL as a TimeSpan. A month has no fixed length, so an interval with months is refused.</summary>
internal sealed unsafe class IntervalReader(string column) : VectorReader(column, DuckDBType.Interval, typeof(TimeSpan))
{
    public override object GetObject(ulong row) => GetTimeSpan(row);

    public override TimeSpan GetTimeSpan(ulong row)
    {
        var interval = ((NativeInterval*)Data)[row];
        if (interval.Months != 0)
            throw new ArgumentOutOfRangeException(Column, interval.Months, $"Column '{Column}' has an interval of {interval.Months} months, which is no fixed length of time; read it as text or take its parts by SQL.");
        return new TimeSpan((interval.Days * TimeSpan.TicksPerDay) + (interval.Micros * TimeSpan.TicksPerMicrosecond));
    }
}
