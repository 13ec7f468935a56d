using System.Buffers;
using System.Security.Cryptography;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Signatures;
using Microsoft.Win32.SafeHandles;

namespace Floe.Emulators.Minio.Objects;

/// <summary>
/// Takes a request's content into a file in constant memory: two buffers, one being filled from the network (and its chunk hashes checked)
/// while the other is digested and written.
/// </summary>
internal sealed class ContentReceiver : IDisposable
{
    private const int BlockSize = 256 * 1024;
    private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly Checksum? _checksum;
    private readonly SafeFileHandle _file;
    private long _written;

    private ContentReceiver(SafeFileHandle file, ChecksumAlgorithm? algorithm)
    {
        _file = file;
        _checksum = algorithm?.Start();
    }

    /// <summary>Receives, digests and verifies everything.</summary>
    /// <exception cref="Errors.S3Exception">The content is not what was announced.</exception>
    public static async Task<ReceivedContent> ReceiveAsync(Payload payload, SafeFileHandle file, DeclaredDigests declared, CancellationToken cancellationToken)
    {
        using var receiver = new ContentReceiver(file, declared.Algorithm);
        await receiver.PumpAsync(payload, cancellationToken);
        var md5 = receiver._md5.GetHashAndReset();
        var checksum = receiver._checksum?.Finish();
        declared.Verify(md5, checksum, payload.Trailers);
        return new ReceivedContent(receiver._written, md5, ObjectChecksum.Of(declared.Algorithm, checksum));
    }

    public void Dispose()
    {
        _md5.Dispose();
        _checksum?.Dispose();
    }

    private async Task PumpAsync(Payload payload, CancellationToken cancellationToken)
    {
        var size = (int)Math.Clamp(payload.Length + 1, 1, BlockSize);
        var filling = ArrayPool<byte>.Shared.Rent(size);
        byte[]? draining = null;
        var drained = Task.CompletedTask;
        try
        {
            while (true)
            {
                var count = await payload.FillAsync(filling.AsMemory(0, size), cancellationToken);
                await drained;
                if (count < size)
                {
                    Drain(filling, count);
                    return;
                }
                draining ??= ArrayPool<byte>.Shared.Rent(size);
                (filling, draining) = (draining, filling);
                var block = draining;
                drained = Task.Run(() => Drain(block, count), CancellationToken.None);
            }
        }
        finally
        {
            // A failure while receiving must not return a buffer that is still being written.
            await drained.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ArrayPool<byte>.Shared.Return(filling);
            if (draining is not null)
                ArrayPool<byte>.Shared.Return(draining);
        }
    }

    private void Drain(byte[] block, int count)
    {
        var data = block.AsSpan(0, count);
        _md5.AppendData(data);
        _checksum?.Append(data);
        RandomAccess.Write(_file, data, _written);
        _written += count;
    }
}
