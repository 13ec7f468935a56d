using System.Security.Cryptography;
using Amazon.S3.Model;

namespace Floe.Tests.Minio;

/// <summary>Checksums computed from their definitions, so that the store is not judged by its own tables.</summary>
internal static class Checksums
{
    public static string Base64(string name, ReadOnlySpan<byte> content) => Convert.ToBase64String(name switch
    {
        "CRC32" => Crc(content, 32, 0xEDB88320),
        "CRC32C" => Crc(content, 32, 0x82F63B78),
        "CRC64NVME" => Crc(content, 64, 0x9A6C9329AC4BC9B5),
        "SHA1" => SHA1.HashData(content),
        "SHA256" => SHA256.HashData(content),
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    });

    public static byte[] Crc(ReadOnlySpan<byte> content, int width, ulong reflected)
    {
        // What eight steps of the definition do to each byte.
        var steps = new ulong[256];
        for (var b = 0; b < 256; b++)
        {
            steps[b] = (ulong)b;
            for (var bit = 0; bit < 8; bit++)
                steps[b] = (steps[b] >> 1) ^ ((steps[b] & 1) != 0 ? reflected : 0);
        }
        var ones = ulong.MaxValue >> (64 - width);
        var register = ones;
        foreach (var b in content)
            register = (register >> 8) ^ steps[(byte)(register ^ b)];
        register ^= ones;
        return [.. Enumerable.Range(1, width / 8).Select(i => (byte)(register >> (width - (8 * i))))];
    }

    public static void Set(PutObjectRequest request, string name, string value)
    {
        switch (name)
        {
            case "CRC32": request.ChecksumCRC32 = value; break;
            case "CRC32C": request.ChecksumCRC32C = value; break;
            case "CRC64NVME": request.ChecksumCRC64NVME = value; break;
            case "SHA1": request.ChecksumSHA1 = value; break;
            case "SHA256": request.ChecksumSHA256 = value; break;
        }
    }

    public static string? Of(GetObjectResponse response, string name) => name switch
    {
        "CRC32" => response.ChecksumCRC32,
        "CRC32C" => response.ChecksumCRC32C,
        "CRC64NVME" => response.ChecksumCRC64NVME,
        "SHA1" => response.ChecksumSHA1,
        "SHA256" => response.ChecksumSHA256,
        _ => null,
    };
}
