using System.Buffers.Binary;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>A CRC whose register begins and ends inverted: CRC-32 (ISO-HDLC), CRC-32C and CRC-64/NVME.</summary>
internal sealed class CrcChecksum(CrcKind kind) : Checksum
{
    private static readonly Lazy<ReflectedPolynomial> Crc32 = new(() => new ReflectedPolynomial(32, 0xEDB88320));
    private static readonly Lazy<ReflectedPolynomial> Crc32C = new(() => new ReflectedPolynomial(32, 0x82F63B78));
    private static readonly Lazy<ReflectedPolynomial> Crc64Nvme = new(() => new ReflectedPolynomial(64, 0x9A6C9329AC4BC9B5));

    private readonly ReflectedPolynomial _polynomial = Polynomial(kind);
    private ulong _register = kind == CrcKind.Crc64Nvme ? ulong.MaxValue : uint.MaxValue;

    public override void Append(ReadOnlySpan<byte> data) => _register = _polynomial.Update(_register, data);

    public override byte[] Finish() => kind == CrcKind.Crc64Nvme ? Bytes(~_register, 8) : Bytes(~(uint)_register, 4);

    /// <summary>The CRC of two pieces in a row from their CRCs.</summary>
    public static byte[] Combine(CrcKind kind, byte[] first, byte[] second, long secondLength) =>
        Bytes(Polynomial(kind).Combine(Value(first), Value(second), secondLength), first.Length);

    private static ReflectedPolynomial Polynomial(CrcKind kind) => kind switch
    {
        CrcKind.Crc32 => Crc32.Value,
        CrcKind.Crc32C => Crc32C.Value,
        CrcKind.Crc64Nvme => Crc64Nvme.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static ulong Value(byte[] bytes) =>
        bytes.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private static byte[] Bytes(ulong value, int length)
    {
        var bytes = new byte[length];
        if (length == 8)
            BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        else
            BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)value);
        return bytes;
    }
}
