using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Floe.CubeProxy.Serving;

/// <summary>A finished JSON answer with its weak ETag; compressed once, when the first client asks for it.</summary>
internal sealed class Answer
{
    // Below a packet's size compression costs more than it saves.
    private const int SmallestCompressed = 1400;

    private byte[]? _compressed;

    public Answer(ReadOnlyMemory<byte> body)
    {
        Body = body;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body.Span, hash);
        ETag = string.Create(CultureInfo.InvariantCulture, $"W/\"{body.Length:x}-{Convert.ToBase64String(hash[..15])}\"");
    }

    /// <summary>Stands for one that is too large to be shared.</summary>
    public static Answer TooLarge { get; } = new(default(ReadOnlyMemory<byte>)) { IsLasting = false };

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>False: it answers those who wait for it now, and is not kept.</summary>
    public bool IsLasting { get; init; } = true;

    public string ETag { get; }

    public bool IsWorthCompressing => Body.Length >= SmallestCompressed;

    /// <summary>The body as gzip.</summary>
    public ReadOnlyMemory<byte> Compressed => _compressed ??= Compress();

    private byte[] Compress()
    {
        using var result = new MemoryStream(Body.Length / 4);
        using (var gzip = new GZipStream(result, CompressionLevel.Fastest)) gzip.Write(Body.Span);
        return result.ToArray();
    }
}
