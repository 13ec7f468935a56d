using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data.Commands;

/// <summary>The statements of one command text, parsed once and prepared one by one, because each may need what the one before created.</summary>
internal sealed class StatementList : IDisposable
{
    private readonly DuckDBNativeConnection connection;
    private nint statements;

    /// <exception cref="DuckDBException">The text is empty or does not parse.</exception>
    public StatementList(DuckDBNativeConnection connection, string sql)
    {
        this.connection = connection;
        Count = Libduckdb.ExtractStatements(connection, sql, out statements);
        if (Count > 0)
            return;
        var error = NativeText.Borrowed(Libduckdb.ExtractStatementsError(statements));
        Dispose();
        throw new DuckDBException(error.Length > 0 ? error : "The command text has no statement.");
    }

    public ulong Count { get; }

    public PreparedStatement Prepare(ulong index)
    {
        var status = Libduckdb.PrepareExtracted(connection, statements, index, out var prepared);
        if (status == Libduckdb.Success)
            return new PreparedStatement(prepared);
        try
        {
            throw CallbackErrors.Attach(NativeText.Borrowed(Libduckdb.PrepareError(prepared)), DuckDBErrorType.Invalid);
        }
        finally
        {
            Libduckdb.DestroyPrepare(ref prepared);
        }
    }

    public void Dispose()
    {
        if (statements != 0)
            Libduckdb.DestroyExtracted(ref statements);
        statements = 0;
    }
}
