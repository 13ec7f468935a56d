using System.Buffers;
using System.Security.Cryptography;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>A body as it is: with the hex SHA-256 of the content in the signature, or unsigned.</summary>
internal sealed class PlainPayload : Payload
{
    private readonly Stream _body;
    private readonly IncrementalHash? _hash;
    private readonly byte[] _expected = [];
    private long _received;
    private bool _complete;

    public PlainPayload(S3Request request, string payloadHash, long length)
        : base(length)
    {
        _body = request.Http.Request.Body;
        if (payloadHash == PayloadHashes.Unsigned)
            return;
        _expected = new byte[32];
        if (payloadHash.Length != 64 || Convert.FromHexString(payloadHash, _expected, out _, out _) != OperationStatus.Done)
            throw S3Errors.InvalidArgument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, a STREAMING-… form or a hex SHA-256.", "x-amz-content-sha256", payloadHash);
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (_complete)
            return 0;
        var read = await _body.ReadAsync(destination, cancellationToken);
        if (read > 0)
        {
            _received += read;
            _hash?.AppendData(destination.Span[..read]);
            return read;
        }

        _complete = true;
        if (_received != Length)
            throw S3Errors.IncompleteBody($"The body ended after {_received} of {Length} bytes.");
        if (_hash is not null && !CryptographicOperations.FixedTimeEquals(_hash.GetHashAndReset(), _expected))
            throw S3Errors.ContentHashMismatch();
        return 0;
    }

    public override void Dispose() => _hash?.Dispose();
}
