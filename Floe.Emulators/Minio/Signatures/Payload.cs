using System.Globalization;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>
/// The content of a request, unframed and verified. What it yields counts only after the last read returned 0: until then a
/// wrong chunk, hash or length can still follow.
/// </summary>
internal abstract class Payload(long length) : IDisposable
{
    private static readonly IReadOnlyDictionary<string, string> NoTrailers = new Dictionary<string, string>();

    /// <summary>Bytes of content that the request announces.</summary>
    public long Length { get; } = length;

    /// <summary>The trailers, lower-case names; complete after the last read.</summary>
    public virtual IReadOnlyDictionary<string, string> Trailers => NoTrailers;

    /// <summary>Reads some content; 0 at the end, once everything that was signed is checked.</summary>
    /// <exception cref="S3Exception">The content is not what was signed or announced.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken);

    public virtual void Dispose()
    {
    }

    /// <summary>Fills the buffer as far as there is content.</summary>
    public async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var read = await ReadAsync(buffer[filled..], cancellationToken);
            if (read == 0)
                break;
            filled += read;
        }
        return filled;
    }

    /// <param name="optional">Without any length there is no body, as HTTP says; S3 wants one for objects all the same.</param>
    /// <exception cref="S3Exception">The announced form or length is not acceptable.</exception>
    public static Payload Open(S3Request request, SignedRequest signed, long limit, bool optional = false)
    {
        var chunks = signed.PayloadHash switch
        {
            PayloadHashes.SignedChunks => new ChunkChecks(Signed: true, Trailer: false),
            PayloadHashes.SignedChunksWithTrailer => new ChunkChecks(Signed: true, Trailer: true),
            PayloadHashes.UnsignedChunksWithTrailer => new ChunkChecks(Signed: false, Trailer: true),
            _ => null,
        };
        var length = chunks is null ? request.Http.Request.ContentLength ?? (optional && request.Header("Transfer-Encoding") is null ? 0 : -1) : DecodedLength(request);
        if (length < 0)
            throw S3Errors.MissingContentLength();
        if (length > limit)
            throw S3Errors.EntityTooLarge(length, limit);
        return chunks is null ? new PlainPayload(request, signed.PayloadHash, length) : new ChunkedPayload(request, signed, chunks, length);
    }

    private static long DecodedLength(S3Request request)
    {
        if (request.Header("x-amz-decoded-content-length") is not { } text)
            return -1;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
            throw S3Errors.InvalidArgument("x-amz-decoded-content-length must be a whole number.", "x-amz-decoded-content-length", text);
        return length;
    }
}
