namespace Floe.Emulators.Minio.Checksums;

/// <summary>The cyclic redundancy checks that S3 knows.</summary>
internal enum CrcKind
{
    Crc32,
    Crc32C,
    Crc64Nvme,
}
