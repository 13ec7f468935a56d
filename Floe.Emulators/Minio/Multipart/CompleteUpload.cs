using System.Globalization;
using System.Security.Cryptography;
using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;

namespace Floe.Emulators.Minio.Multipart;

/// <summary>CompleteMultipartUpload: the parts become the object without being copied.</summary>
internal static class CompleteUpload
{
    private const long SmallestPart = 5 * 1024 * 1024;

    public static async Task HandleAsync(S3Request request, SignedRequest signed, Bucket bucket, TimeProvider time)
    {
        var conditions = WriteConditions.Parse(request);
        // Here a checksum header describes the object, not this document.
        var document = await RequestDocument.ReadAsync(request, signed, DeclaredDigests.OfDocument(request));
        var id = request.Query["uploadId"] ?? "";
        var key = ObjectKey.Parse(request.Key!);
        // An answer that got lost is asked for again: the object that came of this upload is the answer.
        if (bucket.Objects.Find(key) is not { } stored || stored.UploadId != id)
        {
            var upload = MultipartOperations.Of(request, bucket);
            var listed = Parse(document);
            StoredObject? completed = null;
            bucket.Uploads.Complete(upload, parts => completed = Assemble(request, upload, listed, parts, time), conditions);
            stored = completed!;
        }

        using var xml = new ResponseXml();
        xml.Root("CompleteMultipartUploadResult");
        xml.Element("Location", $"http://{request.Http.Request.Host}/{bucket.Name}/{UriEncoding.Encode(key.Text, keepSlash: true)}");
        xml.Element("Bucket", bucket.Name);
        xml.Element("Key", key.Text);
        xml.ETag(stored.ETag);
        if (stored.Checksum is { } checksum)
        {
            xml.Element(checksum.Algorithm.Element, checksum.Value);
            xml.Element("ChecksumType", checksum.Type);
        }
        xml.Close("CompleteMultipartUploadResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    private static List<ListedPart> Parse(byte[] document)
    {
        List<ListedPart> parts = [];
        foreach (var (name, fields) in RequestDocument.Children(document, "CompleteMultipartUpload"))
        {
            if (name != "Part")
                continue;
            if (!int.TryParse(fields.GetValueOrDefault("PartNumber"), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
                throw S3Errors.MalformedXml("A Part has no PartNumber.");
            if (parts is [.., var previous] && number <= previous.Number)
                throw S3Errors.InvalidPartOrder();
            parts.Add(new ListedPart(number, fields.GetValueOrDefault("ETag", "").Trim().Trim('"'), fields));
        }
        return parts.Count > 0 ? parts : throw S3Errors.MalformedXml("A CompleteMultipartUpload names at least one Part.");
    }

    private static StoredObject Assemble(S3Request request, Upload upload, List<ListedPart> listed, IReadOnlyDictionary<int, UploadedPart> uploaded, TimeProvider time)
    {
        List<StoredObject> parts = [];
        for (var i = 0; i < listed.Count; i++)
        {
            var part = listed[i];
            if (!uploaded.TryGetValue(part.Number, out var arrived) || arrived.Description.ETag != part.ETag || !part.ChecksumsMatch(arrived.Description.Checksum))
                throw S3Errors.InvalidPart(part.Number);
            if (i < listed.Count - 1 && arrived.Description.Size < SmallestPart)
                throw S3Errors.EntityTooSmall(part.Number, arrived.Description.Size, SmallestPart);
            parts.Add(arrived.Description);
        }

        var size = parts.Sum(part => part.Size);
        if (request.Header("x-amz-mp-object-size") is { } expected && expected != size.ToString(CultureInfo.InvariantCulture))
            throw S3Errors.InvalidRequest($"The x-amz-mp-object-size is {expected}, but the parts have {size} bytes.");
        var checksum = Combine(upload.Description.Checksum, parts);
        CheckDeclared(request, checksum);
        var etags = parts.SelectMany(part => Convert.FromHexString(part.ETag)).ToArray();
        return new StoredObject
        {
            Key = upload.Key,
            Size = size,
            ETag = $"{Convert.ToHexStringLower(MD5.HashData(etags))}-{parts.Count}",
            Modified = time.GetUtcNow(),
            Attributes = upload.Description.Attributes,
            Checksum = checksum,
            UploadId = upload.Id,
            Segments = [.. parts.Zip(listed, (part, entry) => new Segment(part.FileName, part.Size, entry.Number))],
        };
    }

    /// <summary>The object's checksum from the parts' ones, if each part has it.</summary>
    private static ObjectChecksum? Combine(ObjectChecksum? wanted, List<StoredObject> parts)
    {
        if (wanted is null || parts.Exists(part => part.Checksum?.Algorithm != wanted.Algorithm))
            return null;
        var values = parts.ConvertAll(part => Convert.FromBase64String(part.Checksum!.Value));
        if (wanted.Composite)
        {
            using var over = wanted.Algorithm.Start();
            values.ForEach(value => over.Append(value));
            return new ObjectChecksum(wanted.Algorithm, $"{Convert.ToBase64String(over.Finish())}-{parts.Count}", Composite: true);
        }

        var whole = values[0];
        for (var i = 1; i < values.Count; i++)
            whole = CrcChecksum.Combine(wanted.Algorithm.Crc!.Value, whole, values[i], parts[i].Size);
        return new ObjectChecksum(wanted.Algorithm, Convert.ToBase64String(whole), Composite: false);
    }

    private static void CheckDeclared(S3Request request, ObjectChecksum? checksum)
    {
        foreach (var algorithm in ChecksumAlgorithm.All)
        {
            if (request.Header(algorithm.Header) is not { } declared)
                continue;
            // A composite value may be sent with or without its count.
            if (checksum?.Algorithm != algorithm || (declared != checksum.Value && declared != checksum.Value.Split('-')[0]))
                throw S3Errors.BadDigest(algorithm.Name);
        }
    }

    private sealed record ListedPart(int Number, string ETag, Dictionary<string, string> Fields)
    {
        public bool ChecksumsMatch(ObjectChecksum? stored) => ChecksumAlgorithm.All.All(algorithm =>
            !Fields.TryGetValue(algorithm.Element, out var listed) || (stored?.Algorithm == algorithm && stored.Value == listed));
    }
}
