using System.Security.Cryptography;
using System.Text;

namespace Floe.ServiceDefaults.Lineage;

/// <summary>Ids of runs that nobody keeps.</summary>
public static class LineageRuns
{
    /// <summary>The id of a part of a run: the same whenever the run is taken up again, so that its events tell of one run (RFC 9562, version 8).</summary>
    public static Guid Part(Guid run, string part)
    {
        Span<byte> bytes = stackalloc byte[16 + Encoding.UTF8.GetMaxByteCount(part.Length)];
        run.TryWriteBytes(bytes, bigEndian: true, out _);
        var length = 16 + Encoding.UTF8.GetBytes(part, bytes[16..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..length], hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new(hash[..16], bigEndian: true);
    }
}
