using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>ListMultipartUploads and ListParts.</summary>
internal static class ListUploads
{
    private const int LargestPage = 1000;

    public static async Task UploadsAsync(S3Request request, Bucket bucket)
    {
        var query = request.Query;
        var (prefix, delimiter) = (query["prefix"] ?? "", query["delimiter"] ?? "");
        var (keyMarker, idMarker) = (query["key-marker"] ?? "", query["upload-id-marker"] ?? "");
        var limit = Math.Min(LargestPage, query.Number("max-uploads", LargestPage, 1, int.MaxValue));
        var url = query["encoding-type"] == "url";
        string Encode(string text) => url ? UriEncoding.Encode(text, keepSlash: true) : text;

        List<Upload> page = [];
        SortedSet<string> groups = new(Comparer<string>.Create(ObjectKey.Compare));
        var truncated = false;
        var all = bucket.Uploads.All;
        // Uploads of one key are in order of time, so the marker's id is a position, not a bound.
        var idPassed = idMarker.Length == 0 || !all.Any(upload => upload.Key.Text == keyMarker && upload.Id == idMarker);
        foreach (var upload in all)
        {
            var key = upload.Key.Text;
            if (!key.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            var order = ObjectKey.Compare(key, keyMarker);
            if (keyMarker.Length > 0 && (order < 0 || (order == 0 && (idMarker.Length == 0 || !idPassed))))
            {
                idPassed |= order == 0 && upload.Id == idMarker;
                continue;
            }
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var group = at < 0 ? null : key[..(at + delimiter.Length)];
            if (group is not null && (group == keyMarker || groups.Contains(group)))
                continue;
            if (page.Count + groups.Count == limit)
            {
                truncated = true;
                break;
            }
            if (group is null)
                page.Add(upload);
            else
                groups.Add(group);
        }

        using var xml = new ResponseXml();
        xml.Root("ListMultipartUploadsResult");
        xml.Element("Bucket", bucket.Name);
        xml.Element("KeyMarker", Encode(keyMarker));
        xml.Element("UploadIdMarker", idMarker);
        var lastIsGroup = groups.Count > 0 && (page.Count == 0 || ObjectKey.Compare(groups.Max!, page[^1].Key.Text) > 0);
        xml.Element("NextKeyMarker", !truncated ? "" : Encode(lastIsGroup ? groups.Max! : page[^1].Key.Text));
        xml.Element("NextUploadIdMarker", !truncated || lastIsGroup ? "" : page[^1].Id);
        xml.Element("Prefix", Encode(prefix));
        if (delimiter.Length > 0)
            xml.Element("Delimiter", Encode(delimiter));
        xml.Element("MaxUploads", limit);
        if (url)
            xml.Element("EncodingType", "url");
        xml.Element("IsTruncated", truncated);
        foreach (var upload in page)
        {
            xml.Open("Upload");
            xml.Element("Key", Encode(upload.Key.Text));
            xml.Element("UploadId", upload.Id);
            Owner.Write(xml, "Initiator");
            Owner.Write(xml);
            xml.Element("StorageClass", "STANDARD");
            xml.Element("Initiated", upload.Initiated);
            xml.Close("Upload");
        }
        foreach (var group in groups)
        {
            xml.Open("CommonPrefixes");
            xml.Element("Prefix", Encode(group));
            xml.Close("CommonPrefixes");
        }
        xml.Close("ListMultipartUploadsResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    public static async Task PartsAsync(S3Request request, Bucket bucket)
    {
        var upload = MultipartOperations.Of(request, bucket);
        var marker = request.Query.Number("part-number-marker", 0, 0, int.MaxValue);
        var limit = Math.Min(LargestPage, request.Query.Number("max-parts", LargestPage, 0, int.MaxValue));
        var rest = upload.Parts.Where(part => part.Number > marker).ToList();
        var page = rest.Take(limit).ToList();

        using var xml = new ResponseXml();
        xml.Root("ListPartsResult");
        xml.Element("Bucket", bucket.Name);
        xml.Element("Key", request.Query["encoding-type"] == "url" ? UriEncoding.Encode(upload.Key.Text, keepSlash: true) : upload.Key.Text);
        xml.Element("UploadId", upload.Id);
        Owner.Write(xml, "Initiator");
        Owner.Write(xml);
        xml.Element("StorageClass", "STANDARD");
        xml.Element("PartNumberMarker", marker);
        xml.Element("NextPartNumberMarker", page.Count > 0 ? page[^1].Number : marker);
        xml.Element("MaxParts", limit);
        xml.Element("IsTruncated", rest.Count > page.Count);
        if (upload.Description.Checksum is { } wanted)
        {
            xml.Element("ChecksumAlgorithm", wanted.Algorithm.Name);
            xml.Element("ChecksumType", wanted.Type);
        }
        foreach (var (number, part) in page)
        {
            xml.Open("Part");
            xml.Element("PartNumber", number);
            xml.Element("LastModified", part.Modified);
            xml.ETag(part.ETag);
            xml.Element("Size", part.Size);
            if (part.Checksum is { } checksum)
                xml.Element(checksum.Algorithm.Element, checksum.Value);
            xml.Close("Part");
        }
        xml.Close("ListPartsResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }
}
