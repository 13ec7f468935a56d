using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>TIME WITH TIME ZONE: 40 bits of microseconds above 24 bits of (largest offset - offset in seconds).</summary>
internal sealed unsafe class TimeTzReader(string column) : VectorReader(column, DuckDBType.TimeTz, typeof(DateTimeOffset))
{
    private const int OffsetBits = 24;
    private const int LargestOffset = (16 * 60 * 60) - 1;

    public override object GetObject(ulong row) => GetDateTimeOffset(row);

    /// <summary>On 0001-01-02, so that every offset is representable.</summary>
    public override DateTimeOffset GetDateTimeOffset(ulong row)
    {
        var stored = ((ulong*)Data)[row];
        var micros = (long)(stored >> OffsetBits);
        var seconds = LargestOffset - (int)(stored & ((1 << OffsetBits) - 1));
        return new DateTimeOffset(TimeSpan.TicksPerDay + (micros * TimeSpan.TicksPerMicrosecond), TimeSpan.FromSeconds(seconds));
    }
}
