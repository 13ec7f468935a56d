using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Backup;

/// <summary>What a backup has: the catalog as it was at one moment, and the files that its tables need.</summary>
/// <param name="Version">Of this format.</param>
/// <param name="MadeAt">When.</param>
/// <param name="Location">Where the tables live; their metadata name it, so they can be restored there only.</param>
/// <param name="Namespaces">The catalog's namespaces.</param>
/// <param name="Tables">Its tables.</param>
/// <param name="Files">Their files.</param>
public sealed record BackupContent(
    int Version, DateTimeOffset MadeAt, string Location, IReadOnlyList<BackupNamespace> Namespaces, IReadOnlyList<BackupTable> Tables, IReadOnlyList<BackupFile> Files)
{
    /// <summary>The version that this program writes and reads.</summary>
    public const int CurrentVersion = 1;
}

/// <summary>A namespace with its properties.</summary>
public sealed record BackupNamespace(string Name, IReadOnlyDictionary<string, string> Properties);

/// <summary>A table by name, and its metadata file.</summary>
public sealed record BackupTable(string Name, string MetadataLocation);

/// <summary>A file of the store.</summary>
public sealed record BackupFile(string Location, long Bytes, string Sha256);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(BackupContent))]
internal sealed partial class BackupJson : JsonSerializerContext;
