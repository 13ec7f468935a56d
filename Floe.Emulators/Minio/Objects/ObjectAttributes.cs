using System.Text;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Objects;

/// <summary>What is stored beside the content: standard headers and user metadata, as they were sent.</summary>
/// <param name="Headers">Content-Type, Content-Encoding, Cache-Control, Content-Disposition, Content-Language, Expires.</param>
/// <param name="Metadata">User metadata, lower-case names without the x-amz-meta- prefix.</param>
internal sealed record ObjectAttributes(IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Metadata)
{
    private const string MetadataPrefix = "x-amz-meta-";
    private const int LargestMetadata = 2048;

    private static readonly string[] KeptHeaders =
        ["Content-Type", "Content-Encoding", "Cache-Control", "Content-Disposition", "Content-Language", "Expires"];

    /// <summary>Features that would be silently lost if their headers were ignored.</summary>
    private static readonly (string Prefix, string What)[] Refused =
    [
        ("x-amz-tagging", "object tags"),
        ("x-amz-server-side-encryption", "server-side encryption"),
        ("x-amz-object-lock-", "object lock"),
        ("x-amz-grant-", "grants"),
        ("x-amz-website-redirect-location", "website redirects"),
    ];

    public static readonly ObjectAttributes Empty = new(new Dictionary<string, string>(), new Dictionary<string, string>());

    /// <exception cref="S3Exception">501 for a feature that is not offered, 400 for too much metadata or a foreign storage class.</exception>
    public static ObjectAttributes FromHeaders(S3Request request)
    {
        Dictionary<string, string> headers = [];
        foreach (var name in KeptHeaders)
        {
            if (request.Header(name) is not { Length: > 0 } value)
                continue;
            // aws-chunked describes the transfer, not the object.
            if (name == "Content-Encoding")
                value = string.Join(",", value.Split(',', StringSplitOptions.TrimEntries).Where(e => !e.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
            if (value.Length > 0)
                headers[name] = value;
        }

        Dictionary<string, string> metadata = [];
        var size = 0;
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var text = value.ToString();
                metadata[name[MetadataPrefix.Length..].ToLowerInvariant()] = text;
                size += name.Length - MetadataPrefix.Length + Encoding.UTF8.GetByteCount(text);
                continue;
            }
            foreach (var (prefix, what) in Refused)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                    throw S3Errors.NotImplemented(what);
            }
        }
        if (size > LargestMetadata)
            throw S3Errors.MetadataTooLarge(size);
        if (request.Header("x-amz-storage-class") is { } storageClass && storageClass != "STANDARD")
            throw S3Errors.InvalidStorageClass(storageClass);
        return new ObjectAttributes(headers, metadata);
    }

    public void WriteTo(HttpResponse response)
    {
        response.ContentType = "binary/octet-stream";
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;
        foreach (var (name, value) in Metadata)
            response.Headers[MetadataPrefix + name] = value;
    }
}
