using Floe.Emulators.Minio.Checksums;

namespace Floe.Emulators.Minio.Objects;

/// <summary>Content that arrived whole and verified.</summary>
internal sealed record ReceivedContent(long Length, byte[] Md5, ObjectChecksum? Checksum)
{
    /// <summary>The ETag of a single upload: hex MD5.</summary>
    public string ETag => Convert.ToHexStringLower(Md5);
}
