using DuckDB.NET.Data.Commands;
using DuckDB.NET.Data.Vectors.Reading;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Readers;

/// <summary>Walks the rows of one result, chunk by chunk, with one vector reader per column.</summary>
internal sealed class ResultRows : IDisposable
{
    private readonly StatementResult result;
    private nint chunk;
    private ulong size;
    private ulong row;
    private bool ended;

    public ResultRows(StatementResult result)
    {
        this.result = result;
        Columns = new VectorReader[result.ColumnCount];
        for (var i = 0; i < Columns.Length; i++)
        {
            using var type = new LogicalType(result.ColumnType(i));
            Columns[i] = VectorReaders.Create(result.ColumnName(i), type.Pointer);
        }
    }

    public VectorReader[] Columns { get; }

    /// <summary>The row within the current chunk; only valid after <see cref="TryAdvance"/> said true.</summary>
    public ulong Row => row;

    public bool HasCurrent { get; private set; }

    /// <summary>Moves within the chunk at hand.</summary>
    public bool TryAdvance()
    {
        if (chunk == 0 || ended)
            return false;
        if (HasCurrent)
            row++;
        return HasCurrent = row < size;
    }

    /// <summary>Gets the next chunk that has rows; the position is before its first row.</summary>
    public bool Fetch()
    {
        HasCurrent = false;
        while (!ended)
        {
            Release();
            chunk = result.FetchChunk();
            if (chunk == 0)
            {
                ended = true;
                break;
            }
            size = Libduckdb.GetDataChunkSize(chunk);
            if (size == 0)
                continue;
            row = 0;
            for (var i = 0; i < Columns.Length; i++)
                Columns[i].Load(Libduckdb.GetVector(chunk, (ulong)i));
            return true;
        }
        return false;
    }

    public void Dispose()
    {
        HasCurrent = false;
        ended = true;
        Release();
        result.Dispose();
    }

    private void Release()
    {
        if (chunk != 0)
            Libduckdb.DestroyDataChunk(ref chunk);
        chunk = 0;
        size = 0;
    }
}
