using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Commands;

/// <summary>Owns a <c>duckdb_result</c>. The finaliser frees it when a reader was never closed.</summary>
internal sealed class StatementResult(NativeResult native) : IDisposable
{
    private const int ChangedRows = 1;
    private const int QueryResult = 3;

    private NativeResult native = native;
    private bool destroyed;

    ~StatementResult() => Destroy();

    /// <summary>Whether there are rows to read (SELECT, RETURNING, DESCRIBE ...).</summary>
    public bool HasRows => Libduckdb.ResultReturnType(native) == QueryResult;

    public int ColumnCount => (int)Libduckdb.ColumnCount(ref native);

    /// <summary>Rows inserted, updated, deleted or copied; 0 for everything else.</summary>
    public int ChangedRowCount => Libduckdb.ResultReturnType(native) == ChangedRows ? checked((int)Libduckdb.RowsChanged(ref native)) : 0;

    public string ColumnName(int column) => NativeText.Borrowed(Libduckdb.ColumnName(ref native, (ulong)column));

    /// <summary>A logical type that the caller destroys.</summary>
    public nint ColumnType(int column) => Libduckdb.ColumnLogicalType(ref native, (ulong)column);

    /// <returns>A chunk that the caller destroys, or 0 at the end.</returns>
    public nint FetchChunk()
    {
        var chunk = Libduckdb.FetchChunk(native);
        if (chunk == 0 && Libduckdb.ResultError(ref native) != 0)
            throw Error();
        return chunk;
    }

    public Exception Error()
    {
        var type = Libduckdb.ResultErrorType(ref native);
        var message = NativeText.Borrowed(Libduckdb.ResultError(ref native));
        return type == DuckDBErrorType.Interrupt ? new OperationCanceledException(message) : CallbackErrors.Attach(message, type);
    }

    public void Dispose()
    {
        Destroy();
        GC.SuppressFinalize(this);
    }

    private void Destroy()
    {
        if (destroyed)
            return;
        destroyed = true;
        Libduckdb.DestroyResult(ref native);
    }
}
