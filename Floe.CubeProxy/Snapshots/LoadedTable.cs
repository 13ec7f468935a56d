namespace Floe.CubeProxy.Snapshots;

/// <summary>A native table of the engine that holds one version of a table; shared by the sets that have this version.</summary>
internal sealed class LoadedTable(string nativeName, string versionId)
{
    public string NativeName { get; } = nativeName;
    public string VersionId { get; } = versionId;

    /// <summary>Sets that use it.</summary>
    public int Users { get; set; }
}
