using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Storage;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Catalogs;

/// <summary>What a catalog entity keeps besides its properties.</summary>
internal static class CatalogSettings
{
    public const string DefaultBaseLocation = "default-base-location";

    /// <summary>Internal property: the storageConfigInfo as it was given.</summary>
    public const string StorageConfig = "storage-configuration-info";

    public static JsonObject StorageConfigInfo(this Entity catalog) => (JsonObject)JsonNode.Parse(catalog.Internal[StorageConfig])!;

    public static StorageSettings Storage(this Entity catalog) =>
        StorageSettings.Parse(catalog.StorageConfigInfo(), S3Location.Parse(catalog.Properties[DefaultBaseLocation]));
}
