using System.IO.Compression;
using System.Text;

namespace Floe.Lakehouse.Avro;

/// <summary>A read Avro object container file: header, schema and records. Codecs <c>null</c> and <c>deflate</c>.</summary>
internal sealed class AvroContainer
{
    // No writer makes such a block; a few damaged or hostile bytes can claim one.
    private const int LargestBlockBytes = 256 * 1024 * 1024;

    private AvroContainer(IReadOnlyDictionary<string, byte[]> metadata, AvroSchema schema, IReadOnlyList<object?> records) =>
        (Metadata, Schema, Records) = (metadata, schema, records);

    /// <summary>The header's metadata.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata { get; }

    /// <summary>The schema that the records were written with.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The records.</summary>
    public IReadOnlyList<object?> Records { get; }

    /// <summary>A record of a file whose items must be records.</summary>
    /// <exception cref="InvalidCastException">The item is something else.</exception>
    public AvroRecord Record(int index) => Records[index] as AvroRecord ?? throw new InvalidCastException("It is not a record.");

    /// <summary>A header entry as text, or null.</summary>
    public string? Text(string key) => Metadata.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Decodes a whole file.</summary>
    /// <exception cref="CorruptFileException">Not an Avro container, truncated, or of an unknown codec.</exception>
    public static AvroContainer Read(ReadOnlyMemory<byte> content, string location)
    {
        try
        {
            return Read(content.Span);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new CorruptFileException(location, e.Message, e);
        }
    }

    private static AvroContainer Read(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith("Obj\u0001"u8))
            throw new FormatException("it does not begin with the mark of an Avro container file.");
        var file = new AvroDecoder(content);
        file.Take(4);

        var metadata = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var count = file.Long(); count != 0; count = file.Long())
        {
            if (count < 0)
            {
                count = -count;
                file.Long();
            }

            if (count < 0 || count > content.Length)
                throw new FormatException($"the header claims {count} entries, more than the file has bytes.");
            for (var i = 0L; i < count; i++)
            {
                var key = file.String();
                metadata[key] = file.Bytes().ToArray();
            }
        }

        var sync = file.Take(16);
        var schema = AvroSchema.Parse(metadata.TryGetValue("avro.schema", out var json) ? json : throw new FormatException("the header has no avro.schema."));
        var codec = metadata.TryGetValue("avro.codec", out var name) ? Encoding.UTF8.GetString(name) : "null";

        var records = new List<object?>();
        while (!file.AtEnd)
        {
            var count = file.Long();
            var bytes = file.Bytes();
            if (!file.Take(16).SequenceEqual(sync))
                throw new FormatException($"the block before byte {file.Position} does not end with the file's sync mark.");
            var block = codec switch
            {
                "null" => new AvroDecoder(bytes),
                "deflate" => new AvroDecoder(Inflate(bytes)),
                _ => throw new FormatException($"its codec is '{codec}'; known are null and deflate."),
            };
            if (count < 0 || count > block.Length)
                throw new FormatException($"a block claims {count} records, more than it has bytes.");
            for (var i = 0L; i < count; i++)
                records.Add(block.Read(schema));
            if (!block.AtEnd)
                throw new FormatException($"a block of {count} records has bytes left over.");
        }

        return new AvroContainer(metadata, schema, records);
    }

    private static byte[] Inflate(ReadOnlySpan<byte> bytes)
    {
        using var deflate = new DeflateStream(new MemoryStream(bytes.ToArray()), CompressionMode.Decompress);
        using var result = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (int read; (read = deflate.Read(buffer)) > 0;)
        {
            if (result.Length + read > LargestBlockBytes)
                throw new FormatException($"a block unpacks to more than {LargestBlockBytes} bytes.");
            result.Write(buffer, 0, read);
        }

        return result.ToArray();
    }
}
