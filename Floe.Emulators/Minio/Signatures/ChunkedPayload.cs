using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>
/// An aws-chunked body: <c>{hex length}[;chunk-signature={hex}] CRLF data CRLF</c>, a chunk of length 0, trailers, an empty line.
/// Every chunk's signature covers the one before it, the first the request's: no chunk can be changed, dropped, repeated or moved.
/// (S3 API reference, "Signature calculations for the Authorization header: transferring payload in multiple chunks".)
/// </summary>
internal sealed class ChunkedPayload : Payload
{
    private const int InputSize = 64 * 1024;
    private const int LongestLine = 8 * 1024;

    private readonly Stream _body;
    private readonly SignedRequest _signed;
    private readonly ChunkChecks _checks;
    private readonly IncrementalHash? _hash;
    private readonly HashSet<string> _announced;
    private readonly Dictionary<string, string> _trailers = new(StringComparer.Ordinal);
    private readonly byte[] _previous;
    private readonly byte[] _claimed = new byte[32];
    private byte[] _input = ArrayPool<byte>.Shared.Rent(InputSize);
    private int _start;
    private int _end;
    private long _chunkLeft;
    private long _received;
    private bool _insideChunk;
    private bool _complete;

    public ChunkedPayload(S3Request request, SignedRequest signed, ChunkChecks checks, long length)
        : base(length)
    {
        _body = request.Http.Request.Body;
        _signed = signed;
        _checks = checks;
        _previous = [.. signed.Signature];
        _hash = checks.Signed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _announced = (request.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(name => name.ToLowerInvariant()).ToHashSet(StringComparer.Ordinal);
    }

    public override IReadOnlyDictionary<string, string> Trailers => _trailers;

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        while (!_complete)
        {
            if (!_insideChunk)
            {
                await BeginChunkAsync(cancellationToken);
                if (_chunkLeft == 0)
                {
                    CloseChunk();
                    await ReadTrailersAsync(cancellationToken);
                    _complete = true;
                    return 0;
                }
            }

            if (_start == _end)
                await ReceiveAsync(cancellationToken);
            var count = (int)Math.Min(Math.Min(_end - _start, destination.Length), _chunkLeft);
            _input.AsSpan(_start, count).CopyTo(destination.Span);
            _hash?.AppendData(_input, _start, count);
            _start += count;
            _chunkLeft -= count;
            if (_chunkLeft == 0)
            {
                CloseChunk();
                await ExpectEmptyLineAsync(cancellationToken);
            }
            return count;
        }
        return 0;
    }

    public override void Dispose()
    {
        _hash?.Dispose();
        if (_input.Length == 0)
            return;
        ArrayPool<byte>.Shared.Return(_input);
        _input = [];
    }

    private async ValueTask BeginChunkAsync(CancellationToken cancellationToken)
    {
        var line = await ReadLineAsync(cancellationToken);
        ParseChunkLine(line.Span);
        _insideChunk = true;
        _received += _chunkLeft;
        if (_received > Length || (_chunkLeft == 0 && _received != Length))
            throw S3Errors.IncompleteBody($"The chunks hold {(_chunkLeft == 0 ? "" : "at least ")}{_received} bytes, but x-amz-decoded-content-length says {Length}.");
    }

    private void ParseChunkLine(ReadOnlySpan<byte> line)
    {
        var semicolon = line.IndexOf((byte)';');
        var size = semicolon < 0 ? line : line[..semicolon];
        if (size.Length is 0 or > 15 || !Utf8Parser.TryParse(size, out long length, out var consumed, 'x') || consumed != size.Length || length < 0)
            throw S3Errors.IncompleteBody("A chunk does not begin with its length in hex.");
        _chunkLeft = length;
        if (!_checks.Signed)
            return;
        var extension = semicolon < 0 ? default : line[(semicolon + 1)..];
        if (!extension.StartsWith("chunk-signature="u8) || extension.Length != 16 + 64
            || Convert.FromHexString(extension[16..], _claimed, out _, out _) != OperationStatus.Done)
            throw S3Errors.SignatureDoesNotMatch();
    }

    private void CloseChunk()
    {
        _insideChunk = false;
        if (_hash is null)
            return;
        Span<byte> hash = stackalloc byte[32];
        _hash.GetHashAndReset(hash);
        Verify($"AWS4-HMAC-SHA256-PAYLOAD\n{_signed.Timestamp}\n{_signed.Scope.Text}\n{Convert.ToHexStringLower(_previous)}\n{PayloadHashes.Empty}\n{Convert.ToHexStringLower(hash)}");
    }

    private async ValueTask ReadTrailersAsync(CancellationToken cancellationToken)
    {
        string? signature = null;
        while (true)
        {
            var line = await ReadLineAsync(cancellationToken);
            if (line.IsEmpty)
                break;
            var text = Encoding.UTF8.GetString(line.Span);
            var colon = text.IndexOf(':');
            if (colon <= 0)
                throw S3Errors.MalformedTrailer("A trailer must have the form name:value.");
            var name = text[..colon].Trim().ToLowerInvariant();
            var value = text[(colon + 1)..].Trim();
            if (_checks.Signed && name == "x-amz-trailer-signature")
                signature = value;
            else if (!_checks.Trailer || !_announced.Contains(name) || !_trailers.TryAdd(name, value))
                throw S3Errors.MalformedTrailer($"The trailer {name} was not announced by x-amz-trailer, or came twice.");
        }
        if (_start != _end || await _body.ReadAsync(_input, cancellationToken) != 0)
            throw S3Errors.IncompleteBody("The body goes on after its last chunk.");
        if (_announced.FirstOrDefault(name => !_trailers.ContainsKey(name)) is { } missing)
            throw S3Errors.MalformedTrailer($"The trailer {missing} was announced by x-amz-trailer, but did not come.");
        if (!_checks.Signed || !_checks.Trailer)
            return;

        if (signature is not { Length: 64 } || Convert.FromHexString(signature, _claimed, out _, out _) != OperationStatus.Done)
            throw S3Errors.SignatureDoesNotMatch();
        var lines = string.Concat(_trailers.OrderBy(trailer => trailer.Key, StringComparer.Ordinal).Select(trailer => $"{trailer.Key}:{trailer.Value}\n"));
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines)));
        Verify($"AWS4-HMAC-SHA256-TRAILER\n{_signed.Timestamp}\n{_signed.Scope.Text}\n{Convert.ToHexStringLower(_previous)}\n{hash}");
    }

    /// <summary>Compares the claimed signature with the computed one, which then is the previous one of the next link.</summary>
    private void Verify(string stringToSign)
    {
        // The scope's region may be of any length.
        Span<byte> bytes = stringToSign.Length <= 512 ? stackalloc byte[512] : new byte[stringToSign.Length];
        var length = Encoding.ASCII.GetBytes(stringToSign, bytes);
        _signed.Scope.Sign(bytes[..length], _previous);
        if (!CryptographicOperations.FixedTimeEquals(_previous, _claimed))
            throw S3Errors.SignatureDoesNotMatch();
    }

    private async ValueTask ExpectEmptyLineAsync(CancellationToken cancellationToken)
    {
        if (!(await ReadLineAsync(cancellationToken)).IsEmpty)
            throw S3Errors.IncompleteBody("A chunk is longer than it says.");
    }

    /// <summary>A line without its CRLF; valid until the next read.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken cancellationToken)
    {
        var searched = 0;
        while (true)
        {
            var at = _input.AsSpan(_start + searched, _end - _start - searched).IndexOf("\r\n"u8);
            if (at >= 0)
            {
                var line = _input.AsMemory(_start, searched + at);
                _start += searched + at + 2;
                return line;
            }
            searched = Math.Max(0, _end - _start - 1);
            if (searched > LongestLine)
                throw S3Errors.IncompleteBody("A line of the chunk framing is too long.");
            await ReceiveAsync(cancellationToken);
        }
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _input.Length)
        {
            _input.AsSpan(_start, _end - _start).CopyTo(_input);
            (_start, _end) = (0, _end - _start);
        }
        var read = await _body.ReadAsync(_input.AsMemory(_end), cancellationToken);
        if (read == 0)
            throw S3Errors.IncompleteBody("The body ended inside its chunks.");
        _end += read;
    }
}
