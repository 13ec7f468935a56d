using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Floe.Lakehouse.Avro;

/// <summary>Writes an Avro object container file (Avro specification 1.11, "Object Container Files") with the codec <c>deflate</c>,
/// which is raw RFC 1951 without a zlib header.</summary>
internal sealed class AvroContainerWriter
{
    // Small enough that a reader of a big manifest need not hold it whole, large enough to compress well.
    private const int BlockBytes = 256 * 1024;

    private readonly AvroEncoder file = new();
    private readonly AvroEncoder block = new();
    private readonly byte[] sync = RandomNumberGenerator.GetBytes(16);
    private long blockCount;

    public AvroContainerWriter(string schemaJson, IReadOnlyCollection<KeyValuePair<string, string>> metadata)
    {
        file.Raw("Obj\u0001"u8);
        file.Long(metadata.Count + 2);
        Entry("avro.schema", schemaJson);
        Entry("avro.codec", "deflate");
        foreach (var (key, value) in metadata)
            Entry(key, value);
        file.Long(0);
        file.Raw(sync);

        void Entry(string key, string value)
        {
            file.String(key);
            file.Bytes(Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Adds one record, which the delegate encodes in the order of the schema's fields.</summary>
    public void Add<T>(T record, Action<AvroEncoder, T> encode)
    {
        encode(block, record);
        blockCount++;
        if (block.Written.Length >= BlockBytes)
            FlushBlock();
    }

    /// <summary>Ends the file and gives its bytes.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        FlushBlock();
        return file.Written;
    }

    private void FlushBlock()
    {
        if (blockCount == 0)
            return;
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            deflate.Write(block.Written.Span);
        file.Long(blockCount);
        file.Bytes(compressed.GetBuffer().AsSpan(0, (int)compressed.Length));
        file.Raw(sync);
        block.Clear();
        blockCount = 0;
    }
}
