using System.Numerics;
using System.Runtime.InteropServices;

namespace Floe.Lakehouse.Data;

/// <summary>CRC-32C (Castagnoli) of files: the processor computes it faster than any disk reads.</summary>
internal static class Crc32C
{
    private const int BufferBytes = 1024 * 1024;

    public static uint OfFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.SequentialScan);
        var buffer = GC.AllocateUninitializedArray<byte>((int)Math.Min(BufferBytes, Math.Max(8, file.Length)));
        var crc = uint.MaxValue;
        for (int read; (read = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)) > 0;)
            crc = Append(crc, buffer.AsSpan(0, read));
        return ~crc;
    }

    /// <summary>Goes on with a block; all but the last must be a multiple of eight bytes long.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> block)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(block))
            crc = BitOperations.Crc32C(crc, word);
        foreach (var single in block[(block.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, single);
        return crc;
    }
}
