using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.S3;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.ServiceDefaults.Http;

namespace Floe.Emulators.Polaris.Storage;

/// <summary>
/// Table metadata files. A metadata file never changes once written (its name holds a uuid), so the ones used last stay in memory,
/// as the bytes that are sent to clients. Whether the file is still there is asked every time: a table whose store is gone must not look alive.
/// </summary>
internal sealed partial class MetadataFiles(ObjectStorage storage, ILogger<MetadataFiles> logger)
{
    private const long CacheBytes = 24 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Location, byte[] Content)>> _cached = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Location, byte[] Content)> _byUse = new();
    private long _size;

    /// <summary>The bytes of a metadata file, uncompressed.</summary>
    /// <exception cref="PolarisException">400 NotFoundException: the file is missing.</exception>
    public async Task<byte[]> ReadAsync(StorageSettings settings, string location, CancellationToken cancellationToken)
    {
        if (Cached(location) is not { } content)
            return await ReadAndRememberAsync(settings, location, cancellationToken);
        await VerifyAsync(settings, location, cancellationToken);
        return content;
    }

    /// <summary>Asks the store whether the file is still there.</summary>
    /// <exception cref="PolarisException">400 NotFoundException: it is not.</exception>
    public async Task VerifyAsync(StorageSettings settings, string location, CancellationToken cancellationToken)
    {
        if (await storage.ExistsAsync(settings, S3Location.Parse(location), cancellationToken))
            return;
        Forget(location);
        throw Missing(location);
    }

    /// <summary>The metadata as a document of its own that the caller may change.</summary>
    /// <exception cref="PolarisException">400: the file is missing or not a JSON object.</exception>
    public async Task<JsonObject> ParseAsync(StorageSettings settings, string location, CancellationToken cancellationToken) =>
        Parse(location, await ReadAsync(settings, location, cancellationToken));

    /// <summary>As <see cref="ParseAsync"/>, from memory where it is there: the caller asks <see cref="VerifyAsync"/> while it does something else.</summary>
    /// <exception cref="PolarisException">400: the file is missing or not a JSON object.</exception>
    public async Task<JsonObject> ParseUnverifiedAsync(StorageSettings settings, string location, CancellationToken cancellationToken) =>
        Parse(location, Cached(location) ?? await ReadAndRememberAsync(settings, location, cancellationToken));

    public async Task WriteAsync(StorageSettings settings, string location, byte[] content, CancellationToken cancellationToken) =>
        await storage.WriteAsync(settings, S3Location.Parse(location), content, "application/json", cancellationToken);

    /// <summary>Keeps what has just been committed: it is what clients load next.</summary>
    public void Remember(string location, byte[] content)
    {
        if (content.Length > CacheBytes / 4)
            return;
        lock (_gate)
        {
            if (_cached.ContainsKey(location))
                return;
            _cached[location] = _byUse.AddFirst((location, content));
            _size += content.Length;
            while (_size > CacheBytes)
            {
                var oldest = _byUse.Last!;
                _byUse.RemoveLast();
                _cached.Remove(oldest.Value.Location);
                _size -= oldest.Value.Content.Length;
            }
        }
    }

    /// <summary>Removes files that no table points to. One that cannot be removed is an orphan, not an error of the caller.</summary>
    public async Task DiscardAsync(StorageSettings settings, IEnumerable<string> locations)
    {
        foreach (var location in locations)
        {
            try
            {
                await storage.DeleteAsync(settings, S3Location.Parse(location), CancellationToken.None);
            }
            catch (Exception e) when (e is AmazonS3Exception or Amazon.Runtime.AmazonClientException or PolarisException || ConnectionFailure.Is(e))
            {
                LogOrphan(location, e.Message);
            }
        }
    }

    public static byte[] Serialize(JsonObject metadata)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonAnswer.WriterOptions))
            metadata.WriteTo(writer);
        return buffer.ToArray();
    }

    private static JsonObject Parse(string location, byte[] content)
    {
        try
        {
            return JsonNode.Parse(content) as JsonObject ?? throw PolarisException.BadRequest($"The metadata file {location} is not a JSON object");
        }
        catch (JsonException e)
        {
            throw PolarisException.BadRequest($"The metadata file {location} is not valid JSON: {e.Message}");
        }
    }

    private async Task<byte[]> ReadAndRememberAsync(StorageSettings settings, string location, CancellationToken cancellationToken)
    {
        var content = await ReadFileAsync(settings, location, cancellationToken);
        Remember(location, content);
        return content;
    }

    private byte[]? Cached(string location)
    {
        lock (_gate)
        {
            if (!_cached.TryGetValue(location, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Content;
        }
    }

    private void Forget(string location)
    {
        lock (_gate)
        {
            if (!_cached.Remove(location, out var node))
                return;
            _byUse.Remove(node);
            _size -= node.Value.Content.Length;
        }
    }

    /// <summary>400 and not 404: the table exists, its file does not. Polaris' type and status for it.</summary>
    private static PolarisException Missing(string location) =>
        new(400, "NotFoundException", $"Location does not exist: {location}; was the metadata file deleted from the object store?");

    private async Task<byte[]> ReadFileAsync(StorageSettings settings, string location, CancellationToken cancellationToken)
    {
        byte[] content;
        try
        {
            content = await storage.ReadAsync(settings, S3Location.Parse(location), cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "NoSuchKey")
        {
            throw Missing(location);
        }

        if (content is not [0x1F, 0x8B, ..])
            return content;
        try
        {
            using var plain = new MemoryStream();
            await using (var zipped = new GZipStream(new MemoryStream(content), CompressionMode.Decompress))
                await zipped.CopyToAsync(plain, cancellationToken);
            return plain.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw PolarisException.BadRequest($"The metadata file {location} is not valid gzip: {e.Message}");
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The unused metadata file {Location} could not be deleted: {Reason}")]
    private partial void LogOrphan(string location, string reason);
}
