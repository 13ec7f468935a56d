using DuckDB.NET.Data;

namespace Floe.Tests.DuckDb;

/// <summary>A private in-memory database for one test.</summary>
internal sealed class Database : IDisposable
{
    public Database()
    {
        Connection = new DuckDBConnection("Data Source=:memory:;threads=2");
        Connection.Open();
    }

    public DuckDBConnection Connection { get; }

    public DuckDBCommand Command(string sql, params DuckDBParameter[] parameters)
    {
        var command = new DuckDBCommand(sql, Connection);
        command.Parameters.AddRange(parameters);
        return command;
    }

    public object? Scalar(string sql, params DuckDBParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        return command.ExecuteScalar();
    }

    public int Run(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteNonQuery();
    }

    public DuckDBDataReader Row(string sql, params DuckDBParameter[] parameters)
    {
        using var command = Command(sql, parameters);
        var reader = command.ExecuteReader();
        reader.Read();
        return reader;
    }

    public void Dispose() => Connection.Dispose();
}
