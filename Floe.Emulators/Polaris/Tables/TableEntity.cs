using System.Globalization;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables.Metadata;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>What a table entity keeps: the pointer to its metadata file.</summary>
internal static class TableEntity
{
    private const string MetadataLocationProperty = "metadata-location";

    public static string MetadataLocation(this Entity table) => table.Internal[MetadataLocationProperty];

    public static IReadOnlyDictionary<string, string> Pointer(string metadataLocation) => new Dictionary<string, string> { [MetadataLocationProperty] = metadataLocation };

    /// <summary>The name of the next metadata file: the version after the current file's, five digits, and a uuid.</summary>
    public static string NextMetadataLocation(MetadataDraft draft)
    {
        var folder = draft.Properties.OptionalString("write.metadata.path") is { Length: > 0 } path ? S3Location.Parse(path).ToString() : $"{draft.Location}/metadata";
        var version = draft.FileLocation is { } current ? VersionOf(current) + 1 : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{folder}/{version:D5}-{Guid.NewGuid()}.metadata.json");
    }

    private static int VersionOf(string location)
    {
        var name = location[(location.LastIndexOf('/') + 1)..];
        var dash = name.IndexOf('-', StringComparison.Ordinal);
        return dash > 0 && int.TryParse(name.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : -1;
    }
}
