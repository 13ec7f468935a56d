namespace Floe.CubeProxy.Snapshots;

/// <summary>A native table of the engine that holds one version of a table; shared by the sets that have this version.</summary>
/// <param name="nativeName">Its name in SQL.</param>
/// <param name="versionId">Equal ids mean equal rows.</param>
/// <param name="rows">How many it has.</param>
/// <param name="dropSql">What removes it.</param>
internal sealed class LoadedTable(string nativeName, string versionId, long rows, string dropSql)
{
    public string NativeName { get; } = nativeName;
    public string VersionId { get; } = versionId;
    public long Rows { get; } = rows;
    public string DropSql { get; } = dropSql;

    /// <summary>Sets that use it.</summary>
    public int Users { get; set; }
}
