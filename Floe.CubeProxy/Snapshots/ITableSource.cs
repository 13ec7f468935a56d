using DuckDB.NET.Data;
using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Where the model's tables come from: the lakehouse, or a folder of files.</summary>
public interface ITableSource
{
    /// <summary>What this source is, for messages: "the lakehouse", "folder /data".</summary>
    string Name { get; }

    /// <summary>The current version of every table, read so that they belong together.</summary>
    /// <exception cref="TableUnavailableException">A table is not there (yet).</exception>
    Task<IReadOnlyDictionary<TableName, ITableVersion>> ReadVersionsAsync(IReadOnlyCollection<TableName> tables, CancellationToken ct);
}

/// <summary>One immutable state of a table.</summary>
public interface ITableVersion
{
    /// <summary>Equal ids mean equal rows.</summary>
    string Id { get; }

    /// <summary>A query that gives the rows, to be run on <paramref name="db"/>.</summary>
    Task<string> ToSqlAsync(DuckDBConnection db, CancellationToken ct);
}

/// <summary>A table that the model names has no data. The message names it and says what to do.</summary>
public sealed class TableUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
