using Floe.Lakehouse.Storage;

namespace Floe.Lakehouse.Maintenance;

/// <summary>One spelling per file: writers call the same file <c>s3://</c>, <c>s3a://</c> or <c>s3n://</c>, and <c>file:/x</c>, <c>file:///x</c> or <c>/x</c>.</summary>
internal static class LocationKey
{
    /// <exception cref="StorageException">Not a location that this library knows: what it cannot compare it must not remove.</exception>
    public static string Of(string location)
    {
        if (S3Location.IsS3(location))
        {
            var at = S3Location.Parse(location);
            return $"s3://{at.Bucket}/{at.Key}";
        }

        if (location.StartsWith("file:", StringComparison.Ordinal) || Path.IsPathRooted(location))
            return "file://" + Path.GetFullPath(LocalFileIO.PathOf(location));
        throw new StorageException(location, "its scheme is not known; known are s3:// and file://.");
    }
}
