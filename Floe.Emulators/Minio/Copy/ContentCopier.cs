using System.Buffers;
using System.Security.Cryptography;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Objects;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Copy;

/// <summary>Copies a piece of an object into a file.</summary>
internal static class ContentCopier
{
    private const int BlockSize = 1024 * 1024;

    /// <param name="md5">Fed with the content; null when the copy keeps its source's ETag.</param>
    /// <param name="checksum">Fed with the content; null when none is asked for.</param>
    public static void Copy(ObjectContent source, ByteRange range, SafeFileHandle target, IncrementalHash? md5, Checksum? checksum, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(range.Length, 1, BlockSize));
        try
        {
            for (var done = 0L; done < range.Length;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var count = source.Read(block.AsSpan(0, (int)Math.Min(block.Length, range.Length - done)), range.Offset + done);
                md5?.AppendData(block, 0, count);
                checksum?.Append(block.AsSpan(0, count));
                RandomAccess.Write(target, block.AsSpan(0, count), done);
                done += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }
}
