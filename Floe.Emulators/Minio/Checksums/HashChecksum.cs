using System.Security.Cryptography;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>A cryptographic digest of the platform.</summary>
internal sealed class HashChecksum(HashAlgorithmName algorithm) : Checksum
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(algorithm);

    public override void Append(ReadOnlySpan<byte> data) => _hash.AppendData(data);

    public override byte[] Finish() => _hash.GetHashAndReset();

    public override void Dispose() => _hash.Dispose();
}
