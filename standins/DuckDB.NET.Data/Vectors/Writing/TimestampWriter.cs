using DuckDB.NET.Native;

namespace DuckDB.NET.Data.Vectors.Writing;

/// <summary>The timestamps. The ticks of a DateTime are stored as they are, whatever its Kind; a DateTimeOffset becomes UTC.</summary>
internal sealed unsafe class TimestampWriter(DuckDBType type, long ticksPerUnit, long unitsPerTick = 1) : VectorWriter(type)
{
    public override void Write(DateTime value, ulong row) =>
        ((long*)Data)[row] = checked(DuckDBEpoch.FloorDivide(value.Ticks - DateTime.UnixEpoch.Ticks, ticksPerUnit) * unitsPerTick);

    public override void Write(DateTimeOffset value, ulong row) => Write(value.UtcDateTime, row);

    public override void Write(DateOnly value, ulong row) => Write(value.ToDateTime(TimeOnly.MinValue), row);
}
