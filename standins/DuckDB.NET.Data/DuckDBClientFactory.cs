using System.Data.Common;

namespace DuckDB.NET.Data;

/// <summary>Makes the provider's objects for code that knows only <see cref="DbProviderFactory"/>.</summary>
public class DuckDBClientFactory : DbProviderFactory
{
    public static readonly DuckDBClientFactory Instance = new();

    private DuckDBClientFactory()
    {
    }

    public override DbConnection CreateConnection() => new DuckDBConnection();

    public override DbCommand CreateCommand() => new DuckDBCommand();

    public override DbParameter CreateParameter() => new DuckDBParameter();
}
