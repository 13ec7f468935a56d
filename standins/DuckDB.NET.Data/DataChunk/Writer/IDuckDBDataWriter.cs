namespace DuckDB.NET.Data.DataChunk.Writer;

/// <summary>Writes one column of a table function's output. Every cell must be written: an unwritten one holds garbage, not NULL.</summary>
public interface IDuckDBDataWriter
{
    /// <param name="rowIndex">The row within the vector, from 0.</param>
    void WriteNull(ulong rowIndex);

    /// <exception cref="InvalidOperationException">The column's type does not take a <typeparamref name="T"/>.</exception>
    void WriteValue<T>(T value, ulong rowIndex);
}
