using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Storage;

/// <summary>An <c>s3://bucket/key</c> address without a trailing slash.</summary>
internal readonly record struct S3Location(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <exception cref="PolarisException">400: not an S3 address, or one with empty or dot segments.</exception>
    public static S3Location Parse(string location)
    {
        // s3a and s3n name the same objects; Hadoop's clients still write them.
        var schemeLength = location switch
        {
            _ when location.StartsWith(Scheme, StringComparison.Ordinal) => Scheme.Length,
            _ when location.StartsWith("s3a://", StringComparison.Ordinal) || location.StartsWith("s3n://", StringComparison.Ordinal) => Scheme.Length + 1,
            _ => throw PolarisException.IllegalArgument($"Location '{location}' is not supported; it must begin with s3://"),
        };
        var rest = location[schemeLength..].TrimEnd('/');
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (bucket, key) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        if (bucket.Length == 0 || (key.Length > 0 && key.Split('/').Any(segment => segment is "" or "." or "..")))
            throw PolarisException.IllegalArgument($"Location '{location}' must be s3://bucket/path without empty, '.' or '..' segments");
        return new(bucket, key);
    }

    /// <summary>Whether this is <paramref name="ancestor"/> or lies below it.</summary>
    public bool IsWithin(S3Location ancestor) =>
        Bucket == ancestor.Bucket && (ancestor.Key.Length == 0 || Key == ancestor.Key || Key.StartsWith(ancestor.Key + "/", StringComparison.Ordinal));

    public override string ToString() => Key.Length == 0 ? $"{Scheme}{Bucket}" : $"{Scheme}{Bucket}/{Key}";
}
