using System.Collections;
using DuckDB.NET.Data.DataChunk.Writer;
using DuckDB.NET.Data.Vectors.Writing;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.TableFunctions;

/// <summary>One pass over the rows: fills DuckDB's chunks until the rows end.</summary>
internal sealed class TableFunctionScan(IEnumerator rows, IReadOnlyList<ColumnInfo> columns, Action<object?, IDuckDBDataWriter[], ulong> mapper) : IDisposable
{
    private readonly ulong capacity = Libduckdb.VectorSize();
    private readonly IDuckDBDataWriter[] writers = [.. columns.Select(CreateWriter)];

    public void Fill(nint chunk)
    {
        for (var i = 0; i < writers.Length; i++)
            ((VectorWriter)writers[i]).Load(Libduckdb.GetVector(chunk, (ulong)i));
        ulong row = 0;
        while (row < capacity && rows.MoveNext())
            mapper(rows.Current, writers, row++);
        Libduckdb.SetDataChunkSize(chunk, row);
    }

    public void Dispose() => (rows as IDisposable)?.Dispose();

    private static IDuckDBDataWriter CreateWriter(ColumnInfo column)
    {
        using var type = new LogicalType(ClrTypes.CreateLogicalType(column.Type));
        return VectorWriters.Create(type.Pointer);
    }
}
