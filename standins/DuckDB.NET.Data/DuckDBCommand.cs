using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using DuckDB.NET.Data.Commands;

namespace DuckDB.NET.Data;

/// <summary>
/// One or more statements, run one after the other, each committed by itself outside a transaction. The asynchronous
/// methods run on the caller's thread; their token, like <see cref="Cancel"/>, ends them with OperationCanceledException.
/// </summary>
public class DuckDBCommand : DbCommand
{
    private readonly DuckDBParameterCollection parameters = [];
    private string commandText = "";
    private DuckDBConnection? connection;
    private volatile bool executing;
    private volatile bool cancelled;
    private CancellationToken token;

    public DuckDBCommand()
    {
    }

    public DuckDBCommand(string commandText) => CommandText = commandText;

    public DuckDBCommand(string commandText, DuckDBConnection connection)
    {
        CommandText = commandText;
        Connection = connection;
    }

    [AllowNull]
    public override string CommandText
    {
        get => commandText;
        set => commandText = value ?? "";
    }

    /// <summary>Kept for callers, not enforced: a statement ends by <see cref="Cancel"/> or a CancellationToken.</summary>
    public override int CommandTimeout { get; set; }

    public override CommandType CommandType
    {
        get => CommandType.Text;
        set
        {
            if (value != CommandType.Text)
                throw new ArgumentException($"DuckDB commands are text; {value} is not available.", nameof(value));
        }
    }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    public new virtual DuckDBParameterCollection Parameters => parameters;

    /// <summary>
    /// Rows are computed while they are read instead of before. Any other command on the connection ends such a reader:
    /// use one connection per stream.
    /// </summary>
    public bool UseStreamingMode { get; set; }

    protected override DbConnection? DbConnection
    {
        get => connection;
        set => connection = (DuckDBConnection?)value;
    }

    protected override DbParameterCollection DbParameterCollection => parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    // The base class runs these on the caller's thread and calls Cancel when the token fires. The token is kept because
    // it may fire before the execution has begun, when Cancel has nothing to end yet.
    public override Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) =>
        WithToken(cancellationToken, () => base.ExecuteNonQueryAsync(cancellationToken));

    public override Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken) =>
        WithToken(cancellationToken, () => base.ExecuteScalarAsync(cancellationToken));

    protected override Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        WithToken(cancellationToken, () => base.ExecuteDbDataReaderAsync(behavior, cancellationToken));

    /// <summary>Runs all statements.</summary>
    /// <returns>The rows they inserted, updated, deleted or copied.</returns>
    public override int ExecuteNonQuery()
    {
        using var run = Start(nameof(ExecuteNonQuery));
        return Guard(() =>
        {
            var changed = 0;
            while (run.Next() is { } result)
            {
                using (result)
                    changed += result.ChangedRowCount;
            }
            return changed;
        });
    }

    public override object? ExecuteScalar()
    {
        using var reader = ExecuteReader();
        return reader.Read() ? reader.GetValue(0) : null;
    }

    public new DuckDBDataReader ExecuteReader() => ExecuteReader(CommandBehavior.Default);

    public new DuckDBDataReader ExecuteReader(CommandBehavior behavior)
    {
        var run = Start(nameof(ExecuteReader));
        try
        {
            return new DuckDBDataReader(this, run, behavior);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => ExecuteReader(behavior);

    /// <summary>Ends the execution that runs on another thread; without one it does nothing.</summary>
    public override void Cancel()
    {
        if (!executing)
            return;
        cancelled = true;
        if (connection?.State == ConnectionState.Open)
            connection.NativeConnection.Interrupt();
    }

    /// <summary>Does nothing: statements are prepared when they run, because each may need what the one before created.</summary>
    public override void Prepare()
    {
    }

    protected override DbParameter CreateDbParameter() => new DuckDBParameter();

    internal void ThrowIfCancelled()
    {
        token.ThrowIfCancellationRequested();
        if (cancelled)
            throw new OperationCanceledException("The command was cancelled.");
    }

    /// <summary>Runs a part of the execution during which <see cref="Cancel"/> has an effect.</summary>
    internal T Guard<T>(Func<T> part)
    {
        executing = true;
        try
        {
            return part();
        }
        finally
        {
            executing = false;
            cancelled = false;
        }
    }

    private Task<T> WithToken<T>(CancellationToken cancellationToken, Func<Task<T>> execute)
    {
        token = cancellationToken;
        try
        {
            return execute(); // complete when it returns
        }
        finally
        {
            token = CancellationToken.None;
        }
    }

    private StatementRun Start(string operation)
    {
        if (connection is null)
            throw new InvalidOperationException($"{operation} requires a connection: set the command's Connection.");
        return new StatementRun(this, new StatementList(connection.Required(operation), CommandText));
    }
}
