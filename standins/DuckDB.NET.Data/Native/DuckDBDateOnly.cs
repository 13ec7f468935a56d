namespace DuckDB.NET.Native;

/// <summary>A DATE by its parts, as the appender takes it; converts from and to <see cref="DateOnly"/> and <see cref="DateTime"/>.</summary>
public readonly struct DuckDBDateOnly(int year, byte month, byte day)
{
    public int Year { get; } = year;

    public byte Month { get; } = month;

    public byte Day { get; } = day;

    public static DuckDBDateOnly FromDateTime(DateTime value) => new(value.Year, (byte)value.Month, (byte)value.Day);

    public DateTime ToDateTime() => new(Year, Month, Day);

    public static implicit operator DuckDBDateOnly(DateTime value) => FromDateTime(value);

    public static implicit operator DuckDBDateOnly(DateOnly value) => new(value.Year, (byte)value.Month, (byte)value.Day);

    public static implicit operator DateOnly(DuckDBDateOnly value) => new(value.Year, value.Month, value.Day);

    public static explicit operator DateTime(DuckDBDateOnly value) => value.ToDateTime();
}
