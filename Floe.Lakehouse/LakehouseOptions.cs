using Floe.ServiceDefaults.Configuration;

namespace Floe.Lakehouse;

/// <summary>Settings of the section <c>Lakehouse</c>.</summary>
public sealed class LakehouseOptions : IValidatableOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Lakehouse";

    /// <summary>Folder of local copies of data files; may be shared by several processes.</summary>
    public string CacheDirectory { get; set; } = Path.Combine(Path.GetTempPath(), "floe-cache");

    /// <summary>Bound of the copies' size, in MiB.</summary>
    public int CacheMegabytes { get; set; } = 2048;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (!Path.IsPathRooted(CacheDirectory))
            yield return $"{nameof(CacheDirectory)} is '{CacheDirectory}', which is not an absolute path; give the whole path of a folder.";
        if (CacheMegabytes < 1)
            yield return $"{nameof(CacheMegabytes)} is {CacheMegabytes}; it must be 1 or more.";
    }
}
