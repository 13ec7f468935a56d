using System.Globalization;
using System.Text.Json;
using Floe.Lakehouse.Avro;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;

namespace Floe.Lakehouse.Manifests;

/// <summary>Reads manifests of versions 1 and 2 (specification, "Manifests").</summary>
public static class ManifestReader
{
    /// <summary>The entries of a manifest, inherited values filled in ("Manifest Inheritance").</summary>
    /// <param name="content">Bytes of the manifest.</param>
    /// <param name="manifest">What the manifest list says of it.</param>
    /// <param name="metadata">The table.</param>
    /// <exception cref="CorruptFileException">Not a manifest.</exception>
    public static IReadOnlyList<ManifestEntry> Read(ReadOnlyMemory<byte> content, ManifestFile manifest, TableMetadata metadata)
    {
        var location = manifest.ManifestPath;
        if (content.Length < manifest.ManifestLength)
            throw new CorruptFileException(location, $"it has {content.Length} bytes, its manifest list says {manifest.ManifestLength}.");
        var avro = AvroContainer.Open(content, location);
        var spec = metadata.SpecById(SpecId(manifest, avro, location));
        var types = PartitionTypes(spec, metadata.Schema, avro, location);
        var entries = new List<ManifestEntry>();
        try
        {
            var decoder = new ManifestDecoder(avro.Schema, manifest, spec, types, version1: avro.Text("format-version") is null or "1");
            foreach (var block in avro.Blocks)
            {
                var data = new AvroDecoder(block.Data.Span);
                for (var i = 0L; i < block.Count; i++)
                    entries.Add(decoder.Read(block.Data, ref data));
                data.End(block.Count);
            }
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException)
        {
            throw new CorruptFileException(location, $"entry {entries.Count} is not a manifest entry: {e.Message}", e);
        }

        return entries;
    }

    /// <summary>A manifest that an old snapshot of version 1 names itself, without a list, says its spec itself.</summary>
    private static int SpecId(ManifestFile manifest, AvroContainer avro, string location)
    {
        if (manifest.ManifestLength > 0 || avro.Text("partition-spec-id") is not { } text)
            return manifest.PartitionSpecId;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id
            : throw new CorruptFileException(location, $"the partition-spec-id in its header is '{text}'; it must be a number.");
    }

    /// <summary>Values come in the types of today, to which a source column may have been widened since. One that was dropped since is still in the header.</summary>
    private static IReadOnlyList<PrimitiveType> PartitionTypes(PartitionSpec spec, Schema now, AvroContainer avro, string location)
    {
        var types = spec.ResultTypes(now);
        if (spec.Fields.All(f => now.FindField(f.SourceId) is not null) || WrittenSchema(avro, location) is not { } written)
            return types;
        var then = spec.ResultTypes(written);
        return [.. types.Select((type, i) => now.FindField(spec.Fields[i].SourceId) is null ? then[i] : type)];
    }

    private static Schema? WrittenSchema(AvroContainer avro, string location)
    {
        if (avro.Text("schema") is not { } text)
            return null;
        try
        {
            using var document = JsonDocument.Parse(text);
            return SchemaJson.ReadSchema(new JsonFields(document.RootElement, location, "the schema in the manifest's header"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CorruptFileException(location, $"the schema in its header is not valid JSON ({e.Message})", e);
        }
    }
}
