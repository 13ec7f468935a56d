using System.Buffers.Binary;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>A result, as the DataRow messages that carry it.</summary>
internal sealed record SqlRows(ReadOnlyMemory<byte> Messages)
{
    /// <summary>The end of <paramref name="count"/> rows from <paramref name="start"/>; 0: of all.</summary>
    public (int End, int Rows) Take(int start, int count)
    {
        var rows = 0;
        var at = start;
        while (at < Messages.Length && (count == 0 || rows < count))
        {
            at += 1 + BinaryPrimitives.ReadInt32BigEndian(Messages.Span[(at + 1)..]);
            rows++;
        }
        return (at, rows);
    }
}

/// <summary>Collects a result's rows.</summary>
/// <param name="isBinary">Per column.</param>
internal sealed class RowCollector(IReadOnlyList<OutputColumn> columns, IReadOnlyList<bool> isBinary, int mostRows)
{
    private const int MostBytes = 32 * 1024 * 1024;

    private readonly MessageWriter _writer = new();

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> Messages => _writer.Written;

    /// <exception cref="SqlError">The result is larger than is given.</exception>
    public void Add(System.Data.Common.DbDataReader row)
    {
        if (++Count > mostRows) throw new SqlError(SqlStates.ProgramLimit, $"The result has more than {mostRows} rows; ask for fewer with LIMIT, or group.");
        _writer.Begin((byte)'D');
        _writer.Int16((short)columns.Count);
        for (var i = 0; i < columns.Count; i++) ValueWriter.Write(_writer, ValueOf(row, i), columns[i].Type, isBinary[i]);
        _writer.End();
        if (_writer.Length > MostBytes) throw new SqlError(SqlStates.ProgramLimit, $"The result has more than {MostBytes / 1024 / 1024} MB; ask for fewer rows or columns.");
    }

    // An interval of months, a date before the year 1: DuckDB has them, .NET has not.
    private object ValueOf(System.Data.Common.DbDataReader row, int column)
    {
        try
        {
            return row.GetValue(column);
        }
        catch (Exception e) when (e is InvalidCastException or OverflowException or ArgumentException or NotSupportedException or FormatException)
        {
            throw SqlError.Unsupported($"The column '{columns[column].Name}' has a value that cannot be sent; cast it to text.");
        }
    }
}
