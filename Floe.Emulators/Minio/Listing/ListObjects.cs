using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Listing;

/// <summary>ListObjects (markers) and ListObjectsV2 (tokens).</summary>
internal static class ListObjects
{
    private const int LargestPage = 1000;

    public static async Task V2Async(S3Request request, Bucket bucket)
    {
        var query = request.Query;
        var listing = Parse(request);
        var token = query["continuation-token"];
        if (token is { Length: 0 })
            throw S3Errors.InvalidArgument("The continuation token provided is incorrect", "continuation-token", "");
        var startAfter = query["start-after"] ?? "";
        var page = Page.Of(bucket.Objects, listing.Prefix, listing.Delimiter, token is null ? startAfter : ContinuationToken.Parse(token), listing.Limit);

        using var xml = new ResponseXml();
        xml.Root("ListBucketResult");
        xml.Element("Name", bucket.Name);
        xml.Element("Prefix", listing.Encode(listing.Prefix));
        if (listing.Delimiter.Length > 0)
            xml.Element("Delimiter", listing.Encode(listing.Delimiter));
        if (startAfter.Length > 0)
            xml.Element("StartAfter", listing.Encode(startAfter));
        if (token is not null)
            xml.Element("ContinuationToken", token);
        xml.Element("MaxKeys", listing.Limit);
        if (listing.UrlEncoded)
            xml.Element("EncodingType", "url");
        xml.Element("KeyCount", page.Objects.Count + page.CommonPrefixes.Count);
        xml.Element("IsTruncated", page.Truncated);
        if (page.Truncated)
            xml.Element("NextContinuationToken", ContinuationToken.Create(page.Last));
        WriteItems(xml, page, listing, withOwner: query["fetch-owner"] == "true");
        xml.Close("ListBucketResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    public static async Task V1Async(S3Request request, Bucket bucket)
    {
        var listing = Parse(request);
        var marker = request.Query["marker"] ?? "";
        var page = Page.Of(bucket.Objects, listing.Prefix, listing.Delimiter, marker, listing.Limit);

        using var xml = new ResponseXml();
        xml.Root("ListBucketResult");
        xml.Element("Name", bucket.Name);
        xml.Element("Prefix", listing.Encode(listing.Prefix));
        xml.Element("Marker", listing.Encode(marker));
        xml.Element("MaxKeys", listing.Limit);
        if (listing.Delimiter.Length > 0)
            xml.Element("Delimiter", listing.Encode(listing.Delimiter));
        if (listing.UrlEncoded)
            xml.Element("EncodingType", "url");
        xml.Element("IsTruncated", page.Truncated);
        // S3 sends it only with a delimiter; sending it always saves clients the guess.
        if (page.Truncated)
            xml.Element("NextMarker", listing.Encode(page.Last));
        WriteItems(xml, page, listing, withOwner: true);
        xml.Close("ListBucketResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    private static Listing Parse(S3Request request)
    {
        var query = request.Query;
        var encoding = query["encoding-type"];
        if (encoding is not (null or "" or "url"))
            throw S3Errors.InvalidArgument("encoding-type must be url.", "encoding-type", encoding);
        var limit = Math.Min(LargestPage, query.Number("max-keys", LargestPage, 0, int.MaxValue));
        return new Listing(query["prefix"] ?? "", query["delimiter"] ?? "", limit, encoding == "url");
    }

    private static void WriteItems(ResponseXml xml, Page page, Listing listing, bool withOwner)
    {
        foreach (var stored in page.Objects)
        {
            xml.Open("Contents");
            xml.Element("Key", listing.Encode(stored.Key.Text));
            xml.Element("LastModified", stored.Modified);
            xml.ETag(stored.ETag);
            if (stored.Checksum is { } checksum)
            {
                xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name);
                xml.Element("ChecksumType", checksum.Type);
            }
            xml.Element("Size", stored.Size);
            if (withOwner)
                Owner.Write(xml);
            xml.Element("StorageClass", "STANDARD");
            xml.Close("Contents");
        }
        foreach (var group in page.CommonPrefixes)
        {
            xml.Open("CommonPrefixes");
            xml.Element("Prefix", listing.Encode(group));
            xml.Close("CommonPrefixes");
        }
    }

    private sealed record Listing(string Prefix, string Delimiter, int Limit, bool UrlEncoded)
    {
        public string Encode(string text) => UrlEncoded ? UriEncoding.Encode(text, keepSlash: true) : text;
    }
}
