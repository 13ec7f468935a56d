using System.Security.Cryptography;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>One of the object checksums of S3, by its names in headers and XML.</summary>
/// <param name="Name">As in x-amz-checksum-algorithm and in XML element names: <c>CRC32</c> … <c>SHA256</c>.</param>
/// <param name="Size">Bytes of the value.</param>
/// <param name="Crc">Set when parts' values combine to the whole object's.</param>
internal sealed record ChecksumAlgorithm(string Name, int Size, CrcKind? Crc)
{
    public static readonly ChecksumAlgorithm Crc32 = new("CRC32", 4, CrcKind.Crc32);
    public static readonly ChecksumAlgorithm Crc32C = new("CRC32C", 4, CrcKind.Crc32C);
    public static readonly ChecksumAlgorithm Crc64Nvme = new("CRC64NVME", 8, CrcKind.Crc64Nvme);
    public static readonly ChecksumAlgorithm Sha1 = new("SHA1", 20, null);
    public static readonly ChecksumAlgorithm Sha256 = new("SHA256", 32, null);

    public static readonly IReadOnlyList<ChecksumAlgorithm> All = [Crc32, Crc32C, Crc64Nvme, Sha1, Sha256];

    /// <summary>The header and trailer, for example <c>x-amz-checksum-crc32</c>.</summary>
    public string Header { get; } = "x-amz-checksum-" + Name.ToLowerInvariant();

    /// <summary>The element in requests and answers, for example <c>ChecksumCRC32</c>.</summary>
    public string Element { get; } = "Checksum" + Name;

    public static ChecksumAlgorithm? Named(string name) => All.FirstOrDefault(a => a.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    public Checksum Start() => Crc is { } kind ? new CrcChecksum(kind)
        : new HashChecksum(this == Sha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);

    /// <summary>The bytes of a base64 value of the right length, or null.</summary>
    public byte[]? Decode(string base64)
    {
        var bytes = new byte[Size];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == Size ? bytes : null;
    }

    public override string ToString() => Name;
}
