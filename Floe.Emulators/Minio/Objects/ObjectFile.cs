using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Floe.Emulators.Minio.Checksums;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// The file of an object or part: the content from offset 0, then its description as JSON, then a footer of 16 bytes
/// (length of the JSON, its CRC-32, a mark). One file, so that one rename makes content and description visible together.
/// </summary>
internal static class ObjectFile
{
    private const int FooterSize = 16;
    private const int LargestDescription = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> Mark => "FLOE-S3\u0001"u8;

    /// <summary>Writes description and footer behind the content.</summary>
    public static void AppendDescription(SafeFileHandle file, long contentLength, StoredObject stored)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
            Write(json, stored);
        var length = buffer.WrittenCount;
        using var crc = new CrcChecksum(CrcKind.Crc32);
        crc.Append(buffer.WrittenSpan);
        var footer = buffer.GetSpan(FooterSize);
        BinaryPrimitives.WriteInt32LittleEndian(footer, length);
        crc.Finish().CopyTo(footer[4..]);
        Mark.CopyTo(footer[8..]);
        buffer.Advance(FooterSize);
        RandomAccess.Write(file, buffer.WrittenSpan, contentLength);
    }

    /// <summary>Reads the description back.</summary>
    /// <exception cref="InvalidDataException">The file is not whole; the message says how.</exception>
    public static StoredObject Read(string path)
    {
        using var file = File.OpenHandle(path);
        var total = RandomAccess.GetLength(file);
        // Nearly every description fits the first read.
        var tail = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var offset = Math.Max(0, total - 4096);
            var read = ReadFully(file, tail.AsSpan(0, (int)(total - offset)), offset);
            var footer = read >= FooterSize ? tail.AsSpan(read - FooterSize, FooterSize) : default;
            if (footer.IsEmpty || !footer[8..].SequenceEqual(Mark))
                throw new InvalidDataException("it does not end with the store's mark");
            var length = BinaryPrimitives.ReadInt32LittleEndian(footer);
            if (length is <= 0 or > LargestDescription || length + FooterSize > total)
                throw new InvalidDataException("its description has an impossible length");
            var expected = footer.Slice(4, 4).ToArray();

            var description = tail.AsMemory(Math.Max(0, read - FooterSize - length), Math.Min(length, read - FooterSize));
            if (length > read - FooterSize)
            {
                var whole = new byte[length];
                ReadFully(file, whole, total - FooterSize - length);
                description = whole;
            }
            using var crc = new CrcChecksum(CrcKind.Crc32);
            crc.Append(description.Span);
            if (!crc.Finish().AsSpan().SequenceEqual(expected))
                throw new InvalidDataException("its description does not match its checksum");
            var stored = Parse(description.Span);
            var content = stored.UploadId is null ? stored.Size : 0;
            if (content + length + FooterSize != total)
                throw new InvalidDataException($"it has {total} bytes instead of {content + length + FooterSize}");
            return stored;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("its description is not readable", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(tail);
        }
    }

    private static int ReadFully(SafeFileHandle file, Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length && RandomAccess.Read(file, buffer[total..], offset + total) is > 0 and var read)
            total += read;
        return total;
    }

    private static void Write(Utf8JsonWriter json, StoredObject stored)
    {
        json.WriteStartObject();
        json.WriteString("key", stored.Key.Text);
        json.WriteNumber("size", stored.Size);
        json.WriteString("etag", stored.ETag);
        json.WriteNumber("modified", stored.Modified.ToUnixTimeMilliseconds());
        WriteMap(json, "headers", stored.Attributes.Headers);
        WriteMap(json, "metadata", stored.Attributes.Metadata);
        if (stored.Checksum is { } checksum)
        {
            json.WriteString("checksumAlgorithm", checksum.Algorithm.Name);
            json.WriteString("checksum", checksum.Value);
            json.WriteBoolean("composite", checksum.Composite);
        }
        if (stored.UploadId is { } upload)
        {
            json.WriteString("upload", upload);
            json.WriteStartArray("segments");
            foreach (var segment in stored.Segments)
            {
                json.WriteStartArray();
                json.WriteStringValue(segment.File);
                json.WriteNumberValue(segment.Length);
                json.WriteNumberValue(segment.PartNumber);
                json.WriteEndArray();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static StoredObject Parse(ReadOnlySpan<byte> description)
    {
        string? key = null, etag = null, upload = null, checksum = null, algorithm = null;
        long size = -1, modified = 0;
        var composite = false;
        IReadOnlyDictionary<string, string> headers = ObjectAttributes.Empty.Headers, metadata = ObjectAttributes.Empty.Metadata;
        List<Segment> segments = [];
        var json = new Utf8JsonReader(description);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString();
            json.Read();
            switch (name)
            {
                case "key": key = json.GetString(); break;
                case "size": size = json.GetInt64(); break;
                case "etag": etag = json.GetString(); break;
                case "modified": modified = json.GetInt64(); break;
                case "headers": headers = ReadMap(ref json); break;
                case "metadata": metadata = ReadMap(ref json); break;
                case "checksumAlgorithm": algorithm = json.GetString(); break;
                case "checksum": checksum = json.GetString(); break;
                case "composite": composite = json.GetBoolean(); break;
                case "upload": upload = json.GetString(); break;
                case "segments": segments = ReadSegments(ref json); break;
                default: json.Skip(); break;
            }
        }
        if (key is null || etag is null || size < 0)
            throw new InvalidDataException("its description lacks key, size or etag");
        return new StoredObject
        {
            Key = ObjectKey.Parse(key),
            Size = size,
            ETag = etag,
            Modified = DateTimeOffset.FromUnixTimeMilliseconds(modified),
            Attributes = new ObjectAttributes(headers, metadata),
            Checksum = algorithm is not null && checksum is not null && ChecksumAlgorithm.Named(algorithm) is { } known
                ? new ObjectChecksum(known, checksum, composite)
                : null,
            UploadId = upload,
            Segments = segments,
        };
    }

    private static Dictionary<string, string> ReadMap(ref Utf8JsonReader json)
    {
        Dictionary<string, string> map = [];
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var name = json.GetString()!;
            json.Read();
            map[name] = json.GetString() ?? "";
        }
        return map;
    }

    private static List<Segment> ReadSegments(ref Utf8JsonReader json)
    {
        List<Segment> segments = [];
        while (json.Read() && json.TokenType == JsonTokenType.StartArray)
        {
            json.Read();
            var file = json.GetString() ?? "";
            json.Read();
            var length = json.GetInt64();
            json.Read();
            segments.Add(new Segment(file, length, json.GetInt32()));
            json.Read();
        }
        return segments;
    }
}
