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
