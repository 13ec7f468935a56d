using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Checksums;

/// <summary>What a request says about its content: Content-MD5 and an x-amz-checksum-* as a header or as an announced trailer.</summary>
internal sealed class DeclaredDigests
{
    private readonly byte[]? _md5;
    private readonly byte[]? _value;

    private DeclaredDigests(byte[]? md5, ChecksumAlgorithm? algorithm, byte[]? value)
    {
        _md5 = md5;
        Algorithm = algorithm;
        _value = value;
    }

    /// <summary>The checksum to compute while receiving; null when none was declared.</summary>
    public ChecksumAlgorithm? Algorithm { get; }

    /// <summary>A Content-MD5 was sent.</summary>
    public bool HasMd5 => _md5 is not null;

    /// <summary>Content-MD5 alone: for a document whose request's checksum headers speak of something else.</summary>
    /// <exception cref="S3Exception">400 InvalidDigest.</exception>
    public static DeclaredDigests OfDocument(S3Request request) => new(Md5(request), null, null);

    /// <exception cref="S3Exception">400 when a declaration is malformed or two contradict each other.</exception>
    public static DeclaredDigests Parse(S3Request request)
    {
        ChecksumAlgorithm? algorithm = null;
        byte[]? value = null;
        foreach (var candidate in ChecksumAlgorithm.All)
        {
            if (request.Header(candidate.Header) is not { } base64)
                continue;
            if (algorithm is not null)
                throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header.");
            algorithm = candidate;
            value = candidate.Decode(base64) ?? throw S3Errors.InvalidRequest($"Value for {candidate.Header} header is invalid.");
        }

        foreach (var trailer in (request.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var announced = ChecksumAlgorithm.All.FirstOrDefault(a => a.Header.Equals(trailer, StringComparison.OrdinalIgnoreCase))
                ?? throw S3Errors.InvalidRequest($"The trailer {trailer} is not one of the x-amz-checksum- family.");
            if (algorithm is not null)
                throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header.");
            algorithm = announced;
        }
        return new DeclaredDigests(Md5(request), algorithm, value);
    }

    /// <summary>Compares what was received with what was declared.</summary>
    /// <exception cref="S3Exception">400 BadDigest.</exception>
    public void Verify(byte[] md5, byte[]? checksum, IReadOnlyDictionary<string, string> trailers)
    {
        if (_md5 is not null && !_md5.AsSpan().SequenceEqual(md5))
            throw S3Errors.BadDigest("Content-MD5");
        if (Algorithm is null)
            return;
        var declared = _value;
        if (declared is null && trailers.TryGetValue(Algorithm.Header, out var base64))
            declared = Algorithm.Decode(base64);
        if (declared is null || !declared.AsSpan().SequenceEqual(checksum))
            throw S3Errors.BadDigest(Algorithm.Name);
    }

    private static byte[]? Md5(S3Request request)
    {
        if (request.Header("Content-MD5") is not { } text)
            return null;
        var md5 = new byte[16];
        return Convert.TryFromBase64String(text, md5, out var length) && length == 16 ? md5 : throw S3Errors.InvalidDigest("Content-MD5");
    }
}
