using System.Globalization;

namespace Floe.Emulators.Minio.Errors;

/// <summary>The errors that the store answers with; codes and status as in the S3 API reference, "Error responses".</summary>
internal static class S3Errors
{
    public static S3Exception AccessDenied(string message = "Access Denied.") => new(403, "AccessDenied", message);

    public static S3Exception InvalidAccessKeyId(string accessKey) =>
        new(403, "InvalidAccessKeyId", "The access key is not known to this store.", ("AWSAccessKeyId", accessKey));

    public static S3Exception SignatureDoesNotMatch() =>
        new(403, "SignatureDoesNotMatch", "The request's signature does not match the one computed here: check the secret key and the signing method.");

    public static S3Exception RequestTimeTooSkewed(DateTimeOffset request, DateTimeOffset server) =>
        new(403, "RequestTimeTooSkewed", "The request's time differs from the server's by more than 15 minutes: check the clock.",
            ("RequestTime", Iso(request)), ("ServerTime", Iso(server)), ("MaxAllowedSkewMilliseconds", "900000"));

    public static S3Exception AuthorizationHeaderMalformed(string message) => new(400, "AuthorizationHeaderMalformed", message);

    public static S3Exception AuthorizationQueryParametersError(string message) => new(400, "AuthorizationQueryParametersError", message);

    public static S3Exception InvalidToken() => new(403, "InvalidTokenId", "This store issues no security tokens; the one in the request is not valid.");

    public static S3Exception InvalidUri() => new(400, "InvalidURI", "The request's path or query is not valid percent-encoded UTF-8.");

    public static S3Exception InvalidArgument(string message, string name, string value) =>
        new(400, "InvalidArgument", message, ("ArgumentName", name), ("ArgumentValue", value));

    public static S3Exception InvalidRequest(string message) => new(400, "InvalidRequest", message);

    public static S3Exception InvalidDigest(string header) => new(400, "InvalidDigest", $"The value of {header} is not a base64 digest of the right length.");

    public static S3Exception BadDigest(string name) => new(400, "BadDigest", $"The {name} sent does not match the content received.");

    public static S3Exception ContentHashMismatch() =>
        new(400, "XAmzContentSHA256Mismatch", "The x-amz-content-sha256 header does not match the content received.");

    public static S3Exception IncompleteBody(string message) => new(400, "IncompleteBody", message);

    public static S3Exception MalformedTrailer(string message) => new(400, "MalformedTrailerError", message);

    public static S3Exception MissingContentLength() => new(411, "MissingContentLength", "The request needs the content's length in a header.");

    public static S3Exception EntityTooLarge(long size, long limit) =>
        new(400, "EntityTooLarge", "The upload is larger than the largest allowed size.", ("ProposedSize", Number(size)), ("MaxSizeAllowed", Number(limit)));

    public static S3Exception EntityTooSmall(int part, long size, long minimum) =>
        new(400, "EntityTooSmall", "A part other than the last is smaller than the smallest allowed size.",
            ("PartNumber", Number(part)), ("ProposedSize", Number(size)), ("MinSizeAllowed", Number(minimum)));

    public static S3Exception InvalidPart(int part) =>
        new(400, "InvalidPart", "A part in the list was not uploaded, or its ETag or checksum is another.", ("PartNumber", Number(part)));

    public static S3Exception InvalidPartOrder() => new(400, "InvalidPartOrder", "The list of parts is not in ascending order of part number.");

    public static S3Exception MalformedXml(string message) => new(400, "MalformedXML", message);

    public static S3Exception KeyTooLong(int bytes) =>
        new(400, "KeyTooLongError", "The key is longer than 1024 bytes.", ("Size", Number(bytes)), ("MaxSizeAllowed", "1024"));

    public static S3Exception MetadataTooLarge(int bytes) =>
        new(400, "MetadataTooLarge", "The user metadata is larger than 2048 bytes.", ("Size", Number(bytes)), ("MaxSizeAllowed", "2048"));

    public static S3Exception InvalidStorageClass(string value) =>
        new(400, "InvalidStorageClass", "This store knows the storage class STANDARD only.", ("StorageClassRequested", value));

    public static S3Exception NoSuchBucket(string bucket) => new(404, "NoSuchBucket", "The bucket does not exist.", ("BucketName", bucket));

    public static S3Exception NoSuchKey(string key) => new(404, "NoSuchKey", "The key does not exist.", ("Key", key));

    public static S3Exception NoSuchUpload(string uploadId) =>
        new(404, "NoSuchUpload", "The multipart upload does not exist: it was completed, aborted, or never begun.", ("UploadId", uploadId));

    public static S3Exception NotConfigured(string code, string what) => new(404, code, $"The bucket has no {what}.");

    public static S3Exception BucketAlreadyOwnedByYou(string bucket) =>
        new(409, "BucketAlreadyOwnedByYou", "The bucket exists already and belongs to you.", ("BucketName", bucket));

    public static S3Exception BucketNotEmpty(string bucket) => new(409, "BucketNotEmpty", "The bucket still holds objects.", ("BucketName", bucket));

    public static S3Exception InvalidBucketName(string bucket) =>
        new(400, "InvalidBucketName", "A bucket's name has 3 to 63 characters: lower-case letters, digits, dots and hyphens, a letter or digit at both ends.",
            ("BucketName", bucket));

    public static S3Exception PreconditionFailed(string condition) =>
        new(412, "PreconditionFailed", "A precondition of the request does not hold.", ("Condition", condition));

    public static S3Exception InvalidRange(string range, long size) =>
        new(416, "InvalidRange", "The range lies outside the object.", ("RangeRequested", range), ("ActualObjectSize", Number(size)));

    public static S3Exception InvalidPartNumber(int part, int parts) =>
        new(416, "InvalidPartNumber", "The object has no such part.", ("PartNumberRequested", Number(part)), ("ActualPartCount", Number(parts)));

    public static S3Exception MethodNotAllowed(string method, string resource) =>
        new(405, "MethodNotAllowed", "The method is not allowed on this resource.", ("Method", method), ("ResourceType", resource));

    public static S3Exception NotImplemented(string what) =>
        new(501, "NotImplemented", $"Floe S3 (embedded, not MinIO) does not offer {what}.");

    public static S3Exception StorageFull() => new(507, "XMinioStorageFull", "The disk of the store is full: nothing was stored.");

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}
