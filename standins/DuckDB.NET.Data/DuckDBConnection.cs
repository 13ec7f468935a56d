using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using DuckDB.NET.Data.Appending;
using DuckDB.NET.Data.Connections;
using DuckDB.NET.Native;
using DuckDB.NET.Native.Interop;

namespace DuckDB.NET.Data;

/// <summary>
/// A connection to a DuckDB database in this process: <c>Data Source=file</c>, <c>Data Source=:memory:</c> (its own
/// database) or <c>Data Source=:memory:?cache=shared</c>; other keys are DuckDB's options. A file is opened once per process.
/// </summary>
public partial class DuckDBConnection : DbConnection
{
    private string connectionString = "";
    private DatabaseAddress? address;
    private Database? database;
    private DuckDBNativeConnection? connection;

    /// <summary>Set on a duplicate: the database that opening it attaches to.</summary>
    private Database? duplicated;

    public DuckDBConnection()
    {
    }

    public DuckDBConnection(string connectionString) => ConnectionString = connectionString;

    [AllowNull]
    public override string ConnectionString
    {
        get => connectionString;
        set
        {
            if (State == ConnectionState.Open)
                throw new InvalidOperationException("The connection string cannot be changed while the connection is open.");
            connectionString = value ?? "";
            address = null;
            duplicated = null;
        }
    }

    public override string Database => Address.DatabaseName;

    public override string DataSource => Address.DataSource;

    /// <summary>DuckDB's version, "v1.5.5".</summary>
    public override string ServerVersion => NativeText.Borrowed(Libduckdb.LibraryVersion());

    public override ConnectionState State => connection is null ? ConnectionState.Closed : ConnectionState.Open;

    /// <exception cref="InvalidOperationException">The connection is not open.</exception>
    public DuckDBNativeConnection NativeConnection => connection ?? throw new InvalidOperationException("NativeConnection requires an open connection");

    /// <summary>The transaction that <see cref="BeginTransaction"/> opened and that is not finished.</summary>
    internal DuckDBTransaction? Transaction { get; set; }

    protected override DbProviderFactory DbProviderFactory => DuckDBClientFactory.Instance;

    private DatabaseAddress Address => address ??= DatabaseAddress.Parse(connectionString);

    public override void Open()
    {
        if (connection is not null)
            throw new InvalidOperationException("Connection is already open.");
        if (duplicated is { } other)
        {
            connection = OpenDatabases.OpenAgain(other);
            database = other;
        }
        else
        {
            (database, connection) = OpenDatabases.Open(Address);
        }
        OnStateChange(new StateChangeEventArgs(ConnectionState.Closed, ConnectionState.Open));
    }

    public override void Close()
    {
        if (connection is null)
            return;
        Transaction = null; // disconnecting rolls back
        connection.Dispose();
        connection = null;
        OpenDatabases.Release(database!);
        database = null;
        OnStateChange(new StateChangeEventArgs(ConnectionState.Open, ConnectionState.Closed));
    }

    public override void ChangeDatabase(string databaseName) =>
        throw new NotSupportedException("DuckDB connections do not change their database; attach the other one or open a connection to it.");

    public new DuckDBTransaction BeginTransaction() => Begin(IsolationLevel.Unspecified);

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => Begin(isolationLevel);

    public new virtual DuckDBCommand CreateCommand() => new() { Connection = this, Transaction = Transaction };

    protected override DbCommand CreateDbCommand() => CreateCommand();

    public DuckDBAppender CreateAppender(string table) => CreateAppender(null, null, table);

    public DuckDBAppender CreateAppender(string? schema, string table) => CreateAppender(null, schema, table);

    /// <exception cref="DuckDBException">There is no such table (error type Catalog).</exception>
    public DuckDBAppender CreateAppender(string? catalog, string? schema, string table) =>
        new(AppenderTarget.Open(Required(nameof(CreateAppender)), catalog, schema, table));

    /// <summary>A closed connection that opens the same in-memory database.</summary>
    public DuckDBConnection Duplicate()
    {
        Required(nameof(Duplicate));
        if (!Address.IsInMemory)
            throw new NotSupportedException($"Duplicate is for in-memory databases; open another connection to {DataSource} with the same connection string.");
        return new DuckDBConnection(connectionString) { duplicated = database };
    }

    public DuckDBQueryProgress GetQueryProgress() => Libduckdb.QueryProgress(Required(nameof(GetQueryProgress)));

    /// <summary>The open native connection, or the error that names what needed it.</summary>
    internal DuckDBNativeConnection Required(string operation) =>
        connection ?? throw new InvalidOperationException($"{operation} requires an open connection");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }

    private DuckDBTransaction Begin(IsolationLevel isolationLevel)
    {
        Required(nameof(BeginTransaction));
        if (Transaction is not null)
            throw new InvalidOperationException("Already in a transaction.");
        return Transaction = new DuckDBTransaction(this, isolationLevel);
    }
}
