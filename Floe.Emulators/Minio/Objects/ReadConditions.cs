using System.Globalization;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Objects;

/// <summary>The conditional headers of GET, HEAD and copy sources (RFC 9110 section 13.2.2 gives their order).</summary>
internal static class ReadConditions
{
    /// <summary>False: answer 304.</summary>
    /// <exception cref="S3Exception">412 PreconditionFailed.</exception>
    public static bool Hold(S3Request request, StoredObject stored, string headerPrefix = "")
    {
        if (request.Header(headerPrefix + "If-Match") is { } match)
        {
            if (!AnyMatches(match, stored.ETag))
                throw S3Errors.PreconditionFailed("If-Match");
        }
        else if (Time(request, headerPrefix + "If-Unmodified-Since") is { } unmodified && Seconds(stored) > unmodified)
        {
            throw S3Errors.PreconditionFailed("If-Unmodified-Since");
        }

        if (request.Header(headerPrefix + "If-None-Match") is { } noneMatch)
            return !AnyMatches(noneMatch, stored.ETag);
        return Time(request, headerPrefix + "If-Modified-Since") is not { } modified || Seconds(stored) > modified;
    }

    /// <summary>If-Range: the range counts only for the version that the client has.</summary>
    public static bool RangeApplies(S3Request request, StoredObject stored) =>
        request.Header("If-Range") is not { } condition
        || (Time(request, "If-Range") is { } time ? Seconds(stored) == time : AnyMatches(condition, stored.ETag));

    private static bool AnyMatches(string header, string etag)
    {
        foreach (var candidate in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (candidate == "*" || candidate.AsSpan().Trim('"').SequenceEqual(etag))
                return true;
        }
        return false;
    }

    private static DateTimeOffset? Time(S3Request request, string name) =>
        request.Header(name) is { } text
        && DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    /// <summary>HTTP dates have whole seconds.</summary>
    private static DateTimeOffset Seconds(StoredObject stored) => DateTimeOffset.FromUnixTimeSeconds(stored.Modified.ToUnixTimeSeconds());
}
