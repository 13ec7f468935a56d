using Floe.Lakehouse.Storage;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Lakehouse;

/// <summary>Settings of the section <c>Lakehouse</c>.</summary>
public sealed class LakehouseOptions : IValidatableOptions
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Lakehouse";

    /// <summary>Bucket of the store that the warehouse's tables live in; the worker's bootstrap creates it.</summary>
    public string Bucket { get; set; } = "floe";

    /// <summary>Locations, for example <c>s3://other/imported</c>, where files of tables may lie besides the warehouse that the catalog names.</summary>
    public IReadOnlyList<string> AllowedLocations { get; set; } = [];

    /// <summary>Folder of local copies of data files; may be shared by several processes.</summary>
    public string CacheDirectory { get; set; } = Path.Combine(Path.GetTempPath(), "floe-cache");

    /// <summary>Bound of the copies' size, in MiB.</summary>
    public int CacheMegabytes { get; set; } = 2048;

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        // Amazon S3 user guide, "General purpose bucket naming rules": what every S3 store accepts.
        if (Bucket.Length is < 3 or > 63 || !Bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.') || !char.IsAsciiLetterOrDigit(Bucket[0]) || !char.IsAsciiLetterOrDigit(Bucket[^1]))
            yield return $"{nameof(Bucket)} is '{Bucket}'; a bucket's name has 3 to 63 lower-case letters, digits, '-' or '.', and starts and ends with a letter or digit.";
        if (!Path.IsPathRooted(CacheDirectory))
            yield return $"{nameof(CacheDirectory)} is '{CacheDirectory}', which is not an absolute path; give the whole path of a folder.";
        if (CacheMegabytes < 1)
            yield return $"{nameof(CacheMegabytes)} is {CacheMegabytes}; it must be 1 or more.";
        if (AllowedLocations.FirstOrDefault(l => !S3Location.IsS3(l) && !l.StartsWith("file:///", StringComparison.Ordinal)) is { } unknown)
            yield return $"{nameof(AllowedLocations)} has '{unknown}'; write s3://bucket/folder or file:///folder.";
    }
}
