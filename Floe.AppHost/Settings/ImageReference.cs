namespace Floe.AppHost.Settings;

/// <summary>A container image with the registry it comes from; short names are refused because what they mean depends on the machine.</summary>
/// <param name="Registry">Host of the registry.</param>
/// <param name="Image">Repository on it.</param>
/// <param name="Tag">Tag; never <c>latest</c>.</param>
public sealed record ImageReference(string Registry, string Image, string Tag)
{
    /// <summary><c>registry/repository:tag</c></summary>
    public override string ToString() => $"{Registry}/{Image}:{Tag}";

    /// <summary>Reads <c>registry/repository:tag</c>.</summary>
    /// <exception cref="DistributedApplicationException">The text is not of that form, or the tag is <c>latest</c>.</exception>
    public static ImageReference Parse(string text)
    {
        var slash = text.IndexOf('/');
        var colon = text.LastIndexOf(':');
        if (slash <= 0 || colon <= slash + 1 || colon == text.Length - 1 || !text[..slash].Contains('.') && !text[..slash].StartsWith("localhost", StringComparison.Ordinal))
            throw new DistributedApplicationException($"The container image '{text}' is not of the form registry/repository:tag; write it in full, for example quay.io/minio/minio:TAG.");
        if (text[(colon + 1)..] == "latest")
            throw new DistributedApplicationException($"The container image '{text}' has the tag 'latest', which changes without notice; name a version.");
        return new(text[..slash], text[(slash + 1)..colon], text[(colon + 1)..]);
    }
}
