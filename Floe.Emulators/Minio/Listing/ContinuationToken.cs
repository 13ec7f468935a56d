using System.Buffers.Text;
using System.Text;
using Floe.Emulators.Minio.Errors;

namespace Floe.Emulators.Minio.Listing;

/// <summary>The opaque token of ListObjectsV2: where the page before ended.</summary>
internal static class ContinuationToken
{
    private const char Version = '1';

    public static string Create(string last) => Version + Base64Url.EncodeToString(Encoding.UTF8.GetBytes(last));

    /// <exception cref="S3Exception">400 InvalidArgument.</exception>
    public static string Parse(string token)
    {
        try
        {
            if (token is [Version, .. var encoded])
                return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Base64Url.DecodeFromChars(encoded));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            // Falls through to the one answer for every token that is not ours.
        }
        throw S3Errors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", token);
    }
}
