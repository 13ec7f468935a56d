using System.Numerics;
using DuckDB.NET.Data.Appending;
using DuckDB.NET.Data.Vectors.Writing;
using DuckDB.NET.Native;

namespace DuckDB.NET.Data;

/// <summary>The row that an appender writes at present.</summary>
public class DuckDBAppenderRow : IDuckDBAppenderRow
{
    private readonly AppenderTarget target;
    private int column;
    private ulong row;

    internal DuckDBAppenderRow(AppenderTarget target) => this.target = target;

    public void EndRow()
    {
        if (column < target.Columns.Length)
            throw new InvalidOperationException($"The table {target.Table} has {target.Columns.Length} columns but you specified only {column} values");
    }

    public IDuckDBAppenderRow AppendNullValue()
    {
        Next().WriteNull(row);
        return this;
    }

    public IDuckDBAppenderRow AppendDefault()
    {
        Next();
        target.WriteDefault(column - 1, row);
        return this;
    }

    public IDuckDBAppenderRow AppendValue(string? value)
    {
        if (value is null)
            return AppendNullValue();
        Next().Write(value, row);
        return this;
    }

    public IDuckDBAppenderRow AppendValue(byte[]? value) => value is null ? AppendNullValue() : AppendValue(value.AsSpan());

    public IDuckDBAppenderRow AppendValue(Span<byte> value)
    {
        Next().Write((ReadOnlySpan<byte>)value, row);
        return this;
    }

    public IDuckDBAppenderRow AppendValue<TEnum>(TEnum value) where TEnum : Enum
    {
        Next().Write(value.ToString(), row);
        return this;
    }

    public IDuckDBAppenderRow AppendValue<T>(IEnumerable<T>? value)
    {
        if (value is null)
            return AppendNullValue();
        Next().Write(value, row);
        return this;
    }

    public IDuckDBAppenderRow AppendValue(DateOnly? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(TimeOnly? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(bool? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(sbyte? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(short? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(int? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(long? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(byte? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(ushort? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(uint? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(ulong? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(float? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(double? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(decimal? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(Guid? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(BigInteger? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(DateTime? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(DateTimeOffset? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(TimeSpan? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(DuckDBDateOnly? value) => Append(value);

    public IDuckDBAppenderRow AppendValue(DuckDBTimeOnly? value) => Append(value);

    internal void Start(ulong at)
    {
        row = at;
        column = 0;
    }

    private DuckDBAppenderRow Append<T>(T? value) where T : struct
    {
        var writer = Next();
        if (value is { } known)
            ValueWriting.Write(writer, known, row);
        else
            writer.WriteNull(row);
        return this;
    }

    private VectorWriter Next() => column < target.Columns.Length ? target.Columns[column++]
        : throw new IndexOutOfRangeException($"The table {target.Table} has {target.Columns.Length} columns but you specified more values");
}
