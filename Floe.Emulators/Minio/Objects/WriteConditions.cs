using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Objects;

/// <summary>If-None-Match: * and If-Match of a write. Decided at the commit, under the key's lock; asked before to spare an upload.</summary>
/// <param name="MustNotExist">If-None-Match: *.</param>
/// <param name="Match">If-Match: an ETag without quotes, or *.</param>
internal sealed record WriteConditions(bool MustNotExist, string? Match)
{
    public static readonly WriteConditions None = new(false, null);

    /// <exception cref="S3Exception">501 for If-None-Match with an ETag, as S3.</exception>
    public static WriteConditions Parse(S3Request request)
    {
        var noneMatch = request.Header("If-None-Match");
        if (noneMatch is not null && noneMatch.Trim().Trim('"') != "*")
            throw S3Errors.NotImplemented("If-None-Match with an ETag on writes (only *)");
        return new WriteConditions(noneMatch is not null, request.Header("If-Match")?.Trim().Trim('"'));
    }

    /// <exception cref="S3Exception">412 PreconditionFailed; 404 NoSuchKey for If-Match on nothing.</exception>
    public void Check(ObjectKey key, StoredObject? existing)
    {
        if (MustNotExist && existing is not null)
            throw S3Errors.PreconditionFailed("If-None-Match");
        if (Match is null)
            return;
        if (existing is null)
            throw S3Errors.NoSuchKey(key.Text);
        if (Match != "*" && Match != existing.ETag)
            throw S3Errors.PreconditionFailed("If-Match");
    }
}
