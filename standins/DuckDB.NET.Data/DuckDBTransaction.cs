using System.Data;
using System.Data.Common;

namespace DuckDB.NET.Data;

/// <summary>A transaction of a connection; disposing an unfinished one rolls it back.</summary>
public class DuckDBTransaction : DbTransaction
{
    private readonly DuckDBConnection connection;
    private bool finished;

    public DuckDBTransaction(DuckDBConnection connection, IsolationLevel isolationLevel)
    {
        if (isolationLevel is not (IsolationLevel.Unspecified or IsolationLevel.Snapshot))
            throw new ArgumentException($"DuckDB has snapshot isolation only; {isolationLevel} is not available.", nameof(isolationLevel));
        this.connection = connection;
        Run("BEGIN TRANSACTION;");
    }

    public override IsolationLevel IsolationLevel => IsolationLevel.Unspecified;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => Finish("COMMIT;");

    public override void Rollback() => Finish("ROLLBACK;");

    protected override void Dispose(bool disposing)
    {
        // A closed connection has rolled back already.
        if (disposing && !finished && ReferenceEquals(connection.Transaction, this))
            Rollback();
        base.Dispose(disposing);
    }

    private void Finish(string sql)
    {
        if (finished)
            throw new InvalidOperationException("Transaction has already been finished.");
        try
        {
            Run(sql);
        }
        finally
        {
            // DuckDB has ended the transaction even where COMMIT fails.
            finished = true;
            connection.Transaction = null;
        }
    }

    private void Run(string sql)
    {
        using var command = new DuckDBCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
