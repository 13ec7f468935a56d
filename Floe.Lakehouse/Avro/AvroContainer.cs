using System.Buffers;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Floe.Lakehouse.Avro;

/// <summary>A read Avro object container file: header, schema and blocks of records. Codecs <c>null</c> and <c>deflate</c>.</summary>
internal sealed class AvroContainer
{
    // No writer makes such a block; a few damaged or hostile bytes can claim one.
    private const int LargestBlockBytes = 256 * 1024 * 1024;

    private AvroContainer(IReadOnlyDictionary<string, byte[]> metadata, AvroSchema schema, IReadOnlyList<AvroBlock> blocks) =>
        (Metadata, Schema, Blocks) = (metadata, schema, blocks);

    /// <summary>The header's metadata.</summary>
    public IReadOnlyDictionary<string, byte[]> Metadata { get; }

    /// <summary>The schema that the records were written with.</summary>
    public AvroSchema Schema { get; }

    /// <summary>The blocks, decompressed.</summary>
    public IReadOnlyList<AvroBlock> Blocks { get; }

    /// <summary>Records of all blocks; empty when they were not asked for.</summary>
    public IReadOnlyList<object?> Records { get; private init; } = [];

    /// <summary>A record of a file whose items must be records.</summary>
    /// <exception cref="InvalidCastException">The item is something else.</exception>
    public AvroRecord Record(int index) => Records[index] as AvroRecord ?? throw new InvalidCastException("It is not a record.");

    /// <summary>A header entry as text, or null.</summary>
    public string? Text(string key) => Metadata.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    /// <summary>Decodes a whole file.</summary>
    /// <exception cref="CorruptFileException">Not an Avro container, truncated, or of an unknown codec.</exception>
    public static AvroContainer Read(ReadOnlyMemory<byte> content, string location)
    {
        var file = Open(content, location);
        try
        {
            var records = new List<object?>();
            foreach (var block in file.Blocks)
            {
                var avro = new AvroDecoder(block.Data.Span);
                for (var i = 0L; i < block.Count; i++)
                    records.Add(avro.Read(file.Schema));
                avro.End(block.Count);
            }

            return new AvroContainer(file.Metadata, file.Schema, file.Blocks) { Records = records };
        }
        catch (FormatException e)
        {
            throw new CorruptFileException(location, e.Message, e);
        }
    }

    /// <summary>Reads the header and the blocks of a file, whose records the caller decodes.</summary>
    /// <exception cref="CorruptFileException">As <see cref="Read"/>.</exception>
    public static AvroContainer Open(ReadOnlyMemory<byte> content, string location)
    {
        try
        {
            return Open(content);
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            throw new CorruptFileException(location, e.Message, e);
        }
    }

    private static AvroContainer Open(ReadOnlyMemory<byte> content)
    {
        if (!content.Span.StartsWith("Obj\u0001"u8))
            throw new FormatException("it does not begin with the mark of an Avro container file.");
        var file = new AvroDecoder(content.Span);
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

        var blocks = new List<AvroBlock>();
        while (!file.AtEnd)
        {
            var count = file.Long();
            var length = file.Bytes().Length;
            var bytes = content.Slice(file.Position - length, length);
            if (!file.Take(16).SequenceEqual(sync))
                throw new FormatException($"the block before byte {file.Position} does not end with the file's sync mark.");
            blocks.Add(new(count, codec switch
            {
                "null" => bytes,
                "deflate" => Inflate(bytes),
                _ => throw new FormatException($"its codec is '{codec}'; known are null and deflate."),
            }));
            if (count < 0 || count > blocks[^1].Data.Length)
                throw new FormatException($"a block claims {count} records, more than it has bytes.");
        }

        return new AvroContainer(metadata, schema, blocks);
    }

    private static ReadOnlyMemory<byte> Inflate(ReadOnlyMemory<byte> bytes)
    {
        using var compressed = MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray());
        using var deflate = new DeflateStream(compressed, CompressionMode.Decompress);
        var result = new ArrayBufferWriter<byte>(Math.Max(256, bytes.Length * 4));
        for (int read; (read = deflate.Read(result.GetSpan())) > 0;)
        {
            result.Advance(read);
            if (result.WrittenCount > LargestBlockBytes)
                throw new FormatException($"a block unpacks to more than {LargestBlockBytes} bytes.");
        }

        return result.WrittenMemory;
    }
}

/// <summary>A block of an Avro container file.</summary>
/// <param name="Count">Records in it.</param>
/// <param name="Data">Their encoding.</param>
internal readonly record struct AvroBlock(long Count, ReadOnlyMemory<byte> Data);
