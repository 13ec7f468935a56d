using System.Numerics;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data;

/// <summary>One row of an appender: a value per column in the table's order, then <see cref="EndRow"/>.</summary>
public interface IDuckDBAppenderRow
{
    /// <exception cref="InvalidOperationException">Fewer values than the table has columns.</exception>
    void EndRow();

    IDuckDBAppenderRow AppendNullValue();

    IDuckDBAppenderRow AppendDefault();

    IDuckDBAppenderRow AppendValue(string? value);

    IDuckDBAppenderRow AppendValue(byte[]? value);

    IDuckDBAppenderRow AppendValue(Span<byte> value);

    IDuckDBAppenderRow AppendValue<TEnum>(TEnum value) where TEnum : Enum;

    IDuckDBAppenderRow AppendValue<T>(IEnumerable<T>? value);

    IDuckDBAppenderRow AppendValue(bool? value);

    IDuckDBAppenderRow AppendValue(sbyte? value);

    IDuckDBAppenderRow AppendValue(short? value);

    IDuckDBAppenderRow AppendValue(int? value);

    IDuckDBAppenderRow AppendValue(long? value);

    IDuckDBAppenderRow AppendValue(byte? value);

    IDuckDBAppenderRow AppendValue(ushort? value);

    IDuckDBAppenderRow AppendValue(uint? value);

    IDuckDBAppenderRow AppendValue(ulong? value);

    IDuckDBAppenderRow AppendValue(float? value);

    IDuckDBAppenderRow AppendValue(double? value);

    IDuckDBAppenderRow AppendValue(decimal? value);

    IDuckDBAppenderRow AppendValue(Guid? value);

    IDuckDBAppenderRow AppendValue(BigInteger? value);

    IDuckDBAppenderRow AppendValue(DateTime? value);

    IDuckDBAppenderRow AppendValue(DateTimeOffset? value);

    IDuckDBAppenderRow AppendValue(TimeSpan? value);

    IDuckDBAppenderRow AppendValue(DuckDBDateOnly? value);

    IDuckDBAppenderRow AppendValue(DuckDBTimeOnly? value);
}
