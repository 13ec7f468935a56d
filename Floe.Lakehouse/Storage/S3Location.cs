namespace Floe.Lakehouse.Storage;

/// <summary>Bucket and key of an <c>s3://</c> location (<c>s3a://</c> and <c>s3n://</c>, which other writers use, mean the same).</summary>
internal readonly record struct S3Location(string Bucket, string Key)
{
    public static bool IsS3(string location) => SchemeLength(location) > 0;

    public static S3Location Parse(string location)
    {
        var start = SchemeLength(location);
        var slash = start > 0 ? location.IndexOf('/', start) : -1;
        return slash > start
            ? new(location[start..slash], location[(slash + 1)..])
            : throw new StorageException(location, "it is not of the form s3://bucket/key.");
    }

    public override string ToString() => $"s3://{Bucket}/{Key}";

    private static int SchemeLength(string location) =>
        location.StartsWith("s3://", StringComparison.Ordinal) ? 5
        : location.StartsWith("s3a://", StringComparison.Ordinal) || location.StartsWith("s3n://", StringComparison.Ordinal) ? 6
        : 0;
}
