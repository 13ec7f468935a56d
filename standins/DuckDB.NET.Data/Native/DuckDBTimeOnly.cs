namespace DuckDB.NET.Native;

/// <summary>A TIME by its parts, as the appender takes it; converts from and to <see cref="TimeOnly"/>.</summary>
public readonly struct DuckDBTimeOnly(byte hour, byte min, byte sec, int microsecond = 0)
{
    public byte Hour { get; } = hour;

    public byte Min { get; } = min;

    public byte Sec { get; } = sec;

    public int Microsecond { get; } = microsecond;

    public long Ticks => ((TimeOnly)this).Ticks;

    public static implicit operator DuckDBTimeOnly(TimeOnly value) =>
        new((byte)value.Hour, (byte)value.Minute, (byte)value.Second, value.Millisecond * 1000 + value.Microsecond);

    public static implicit operator TimeOnly(DuckDBTimeOnly value) =>
        new TimeOnly(value.Hour, value.Min, value.Sec).Add(TimeSpan.FromMicroseconds(value.Microsecond));
}
