using System.Data.Common;

namespace DuckDB.NET.Data.Connections;

/// <summary>What a connection string says: the data source and the options of DuckDB given beside it.</summary>
internal sealed record DatabaseAddress(string DataSource, IReadOnlyDictionary<string, string> Options)
{
    public const string InMemory = ":memory:";

    private const string Shared = "cache=shared";

    public bool IsInMemory => DataSource.StartsWith(InMemory, StringComparison.OrdinalIgnoreCase);

    /// <summary>The name under which the process shares this database; null when every connection gets its own.</summary>
    public string? Key =>
        !IsInMemory ? Path.GetFullPath(DataSource)
        : DataSource.Contains(Shared, StringComparison.OrdinalIgnoreCase) ? InMemory + "?" + Shared
        : null;

    /// <summary>What <see cref="System.Data.Common.DbConnection.Database"/> reports.</summary>
    public string DatabaseName => IsInMemory ? InMemory : Path.GetFileNameWithoutExtension(DataSource);

    /// <exception cref="InvalidOperationException">No data source, or a key that is neither that nor an option of DuckDB.</exception>
    public static DatabaseAddress Parse(string connectionString)
    {
        string? dataSource = null;
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var builder = new DbConnectionStringBuilder { ConnectionString = connectionString };
        foreach (string key in builder.Keys)
        {
            var value = builder[key].ToString()!;
            if (key.Equals("Data Source", StringComparison.OrdinalIgnoreCase) || key.Equals("DataSource", StringComparison.OrdinalIgnoreCase))
                dataSource = value;
            else if (DatabaseOptions.Names.Contains(key))
                options[key] = value;
            else
                throw new InvalidOperationException($"Unrecognized connection string property '{key}'");
        }
        if (string.IsNullOrWhiteSpace(dataSource))
            throw new InvalidOperationException("The connection string has no data source: give 'Data Source=<file>' or 'Data Source=:memory:'.");
        return new DatabaseAddress(dataSource, options);
    }
}
