using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Reading;

/// <summary>The timestamps: int64 in the type's unit since 1970; with or without zone the value is UTC and its Kind Unspecified.</summary>
internal sealed unsafe class TimestampReader(string column, DuckDBType type, long ticksPerUnit, long unitsPerTick = 1)
    : VectorReader(column, type, typeof(DateTime))
{
    public override object GetObject(ulong row) => GetDateTime(row);

    public override DateTime GetDateTime(ulong row) => DuckDBEpoch.ToDateTime(((long*)Data)[row], ticksPerUnit, unitsPerTick);

    public override DateTimeOffset GetDateTimeOffset(ulong row) => new(GetDateTime(row), TimeSpan.Zero);

    public override DateOnly GetDateOnly(ulong row) => DateOnly.FromDateTime(GetDateTime(row));
}
