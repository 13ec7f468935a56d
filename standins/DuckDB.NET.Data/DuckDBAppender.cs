using DuckDB.NET.Data.Appending;

namespace DuckDB.NET.Data;

/// <summary>
/// Appends rows to a table in chunks of 2,048. Rows become visible and constraints are checked when the appender is
/// closed (or in between when many rows have gathered).
/// </summary>
public class DuckDBAppender : IDisposable
{
    private readonly AppenderTarget target;
    private readonly DuckDBAppenderRow row;
    private ulong rows;
    private bool closed;

    internal DuckDBAppender(AppenderTarget target)
    {
        this.target = target;
        row = new DuckDBAppenderRow(target);
    }

    /// <summary>Starts a row; write all its columns in order and end it with EndRow. One row is written at a time.</summary>
    public IDuckDBAppenderRow CreateRow()
    {
        ThrowIfClosed();
        if (rows == target.Capacity)
            Send();
        row.Start(rows++);
        return row;
    }

    public void AppendRow(Action<IDuckDBAppenderRow> writeRow)
    {
        var current = CreateRow();
        writeRow(current);
        current.EndRow();
    }

    public void AppendRow<TState>(TState state, Action<IDuckDBAppenderRow, TState> writeRow)
    {
        var current = CreateRow();
        writeRow(current, state);
        current.EndRow();
    }

    /// <summary>Drops the rows that were not flushed.</summary>
    public void Clear()
    {
        ThrowIfClosed();
        rows = 0;
        target.Clear();
    }

    /// <exception cref="DuckDBException">A row breaks a constraint of the table; nothing of what was not flushed is kept.</exception>
    public void Close()
    {
        ThrowIfClosed();
        closed = true;
        try
        {
            Send();
            target.Flush();
        }
        finally
        {
            target.Dispose();
        }
    }

    public void Dispose()
    {
        if (!closed)
            Close();
        GC.SuppressFinalize(this);
    }

    private void Send()
    {
        if (rows == 0)
            return;
        var full = rows;
        rows = 0;
        target.Send(full);
    }

    private void ThrowIfClosed()
    {
        if (closed)
            throw new InvalidOperationException("Appender is already closed");
    }
}
