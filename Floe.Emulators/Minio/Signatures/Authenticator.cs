using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Signatures;

/// <summary>
/// Checks Signature V4 in both forms, the Authorization header and the presigned query. There is no anonymous access and no Signature V2.
/// As in MinIO without a site region, any region in the scope is accepted.
/// </summary>
internal sealed class Authenticator(string accessKey, string secretKey, TimeProvider time)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";
    private static readonly TimeSpan AllowedSkew = TimeSpan.FromMinutes(15);

    /// <summary>The key of a day and region is derived once; one client uses one.</summary>
    private SigningScope? _latest;

    /// <exception cref="S3Exception">403 or 400, as the S3 reference words them.</exception>
    public SignedRequest Authenticate(S3Request request)
    {
        if (request.Header("Authorization") is { Length: > 0 } authorization)
            return FromHeader(request, authorization);
        if (request.Query.Has("X-Amz-Algorithm") || request.Query.Has(CanonicalRequest.SignatureParameter))
            return FromQuery(request);
        throw S3Errors.AccessDenied();
    }

    private SignedRequest FromHeader(S3Request request, string authorization)
    {
        if (!authorization.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            throw S3Errors.InvalidRequest("The authorization mechanism is not supported: use AWS4-HMAC-SHA256.");
        string? credential = null, signedHeaders = null, signature = null;
        foreach (var part in authorization[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=');
            switch (equals < 0 ? part : part[..equals])
            {
                case "Credential": credential = part[(equals + 1)..]; break;
                case "SignedHeaders": signedHeaders = part[(equals + 1)..]; break;
                case "Signature": signature = part[(equals + 1)..]; break;
            }
        }
        if (credential is null || signedHeaders is null || signature is null)
            throw S3Errors.AuthorizationHeaderMalformed("The Authorization header needs Credential, SignedHeaders and Signature.");

        RefuseSecurityToken(request);
        var (date, region) = ParseCredential(credential, S3Errors.AuthorizationHeaderMalformed);
        var timestamp = RequestTime(request);
        if (timestamp.ToString("yyyyMMdd", CultureInfo.InvariantCulture) != date)
            throw S3Errors.AuthorizationHeaderMalformed("The date in the credential scope is not the date of the request.");
        var now = time.GetUtcNow();
        if ((now - timestamp).Duration() > AllowedSkew)
            throw S3Errors.RequestTimeTooSkewed(timestamp, now);
        // As MinIO: a signer that sends no hash vouches for an empty body.
        var payloadHash = request.Header("x-amz-content-sha256") is { Length: > 0 } sent ? sent : PayloadHashes.Empty;
        return Verify(request, Scope(date, region), timestamp, signedHeaders, payloadHash, signature);
    }

    private SignedRequest FromQuery(S3Request request)
    {
        var query = request.Query;
        if (query["X-Amz-Algorithm"] != Algorithm)
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Algorithm must be AWS4-HMAC-SHA256.");
        var (date, region) = ParseCredential(Required(query, "X-Amz-Credential"), S3Errors.AuthorizationQueryParametersError);
        if (!TryParseTime(Required(query, "X-Amz-Date"), out var timestamp))
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Date must be in the form yyyyMMddTHHmmssZ.");
        if (timestamp.ToString("yyyyMMdd", CultureInfo.InvariantCulture) != date)
            throw S3Errors.AuthorizationQueryParametersError("The date in X-Amz-Credential is not the date of X-Amz-Date.");
        if (!int.TryParse(Required(query, "X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 604800)
            throw S3Errors.AuthorizationQueryParametersError("X-Amz-Expires must be a number of seconds from 1 to 604800.");
        var signedHeaders = Required(query, "X-Amz-SignedHeaders");
        var signature = Required(query, CanonicalRequest.SignatureParameter);
        RefuseSecurityToken(request);

        var now = time.GetUtcNow();
        if (timestamp - now > AllowedSkew)
            throw S3Errors.AccessDenied("Request is not valid yet");
        if (now > timestamp.AddSeconds(seconds))
            throw S3Errors.AccessDenied("Request has expired");
        var payloadHash = query["X-Amz-Content-Sha256"] ?? request.Header("x-amz-content-sha256") ?? PayloadHashes.Unsigned;
        return Verify(request, Scope(date, region), timestamp, signedHeaders, payloadHash, signature);
    }

    private SignedRequest Verify(S3Request request, SigningScope scope, DateTimeOffset timestamp, string signedHeaders, string payloadHash, string signature)
    {
        RequireSigned(request, signedHeaders);
        var canonical = CanonicalRequest.Build(request, signedHeaders, payloadHash);
        var time = timestamp.ToString(TimeFormat, CultureInfo.InvariantCulture);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        var expected = new byte[32];
        scope.Sign(Encoding.UTF8.GetBytes($"{Algorithm}\n{time}\n{scope.Text}\n{hash}"), expected);

        Span<byte> given = stackalloc byte[32];
        if (signature.Length != 64 || Convert.FromHexString(signature, given, out _, out _) != System.Buffers.OperationStatus.Done
            || !CryptographicOperations.FixedTimeEquals(expected, given))
            throw S3Errors.SignatureDoesNotMatch();
        return new SignedRequest(scope, time, expected, payloadHash);
    }

    /// <summary>The host and every x-amz-* header must be covered, or somebody on the way could add meaning to a signed request.</summary>
    private static void RequireSigned(S3Request request, string signedHeaders)
    {
        var signed = signedHeaders.Split(';');
        if (!signed.Contains("host", StringComparer.Ordinal))
            throw S3Errors.AccessDenied("The host header must be among the signed headers.");
        foreach (var (name, _) in request.Headers)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase) && !signed.Contains(name, StringComparer.OrdinalIgnoreCase)
                // The presigned form carries the hash in the signature itself.
                && !name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase))
                throw new S3Exception(403, "AccessDenied", "There were headers present in the request which were not signed.", ("HeadersNotSigned", name));
        }
    }

    private (string Date, string Region) ParseCredential(string credential, Func<string, S3Exception> malformed)
    {
        if (credential.Split('/') is not [var key, { Length: 8 } date, var region, var service, var end])
            throw malformed("The credential must have the form {key}/{yyyyMMdd}/{region}/s3/aws4_request.");
        if (service != "s3" || end != "aws4_request")
            throw malformed("The credential scope must end in s3/aws4_request.");
        if (key != accessKey)
            throw S3Errors.InvalidAccessKeyId(key);
        return (date, region);
    }

    private static DateTimeOffset RequestTime(S3Request request)
    {
        if (request.Header("x-amz-date") is { } amazon && TryParseTime(amazon, out var time))
            return time;
        if (request.Header("Date") is { } date
            && (TryParseTime(date, out time) || DateTimeOffset.TryParseExact(date, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)))
            return time;
        throw S3Errors.AccessDenied("A signed request needs a valid Date or x-amz-date header.");
    }

    private static bool TryParseTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static string Required(QueryParameters query, string name) =>
        query[name] ?? throw S3Errors.AuthorizationQueryParametersError($"The query needs {name}.");

    private static void RefuseSecurityToken(S3Request request)
    {
        if (request.Query.Has("X-Amz-Security-Token") || request.Header("x-amz-security-token") is not null)
            throw S3Errors.InvalidToken();
    }

    private SigningScope Scope(string date, string region)
    {
        var latest = _latest;
        return latest is not null && latest.Date == date && latest.Region == region
            ? latest
            : _latest = new SigningScope(secretKey, date, region);
    }
}
