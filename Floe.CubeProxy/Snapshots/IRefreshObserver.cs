using Floe.CubeProxy.Model;

namespace Floe.CubeProxy.Snapshots;

/// <summary>Is told when queries are answered from new states of the tables; in the time of who looks for them, so that it should be brief.</summary>
public interface IRefreshObserver
{
    /// <summary>New states serve queries.</summary>
    /// <param name="tables">The state of every table.</param>
    /// <param name="started">When they were looked for.</param>
    void Refreshed(IReadOnlyDictionary<TableName, ITableVersion> tables, DateTimeOffset started);

    /// <summary>The tables could not be loaded.</summary>
    void Failed(DateTimeOffset started, string reason);
}
