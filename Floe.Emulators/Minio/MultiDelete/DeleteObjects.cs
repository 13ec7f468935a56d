using Floe.Emulators.Minio.Buckets;
using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Objects;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;

namespace Floe.Emulators.Minio.MultiDelete;

/// <summary>DeleteObjects: up to 1000 keys in one request; <c>Quiet</c> reports only what failed.</summary>
internal static class DeleteObjects
{
    private const int MostKeys = 1000;

    public static async Task HandleAsync(S3Request request, SignedRequest signed, Bucket bucket)
    {
        var declared = DeclaredDigests.Parse(request);
        if (!declared.HasMd5 && declared.Algorithm is null)
            throw S3Errors.InvalidRequest("Missing required header for this request: Content-MD5 or an x-amz-checksum- header.");
        var document = await RequestDocument.ReadAsync(request, signed, declared);
        List<ObjectKey> keys = [];
        List<(string Key, S3Exception Error)> failed = [];
        var quiet = false;
        foreach (var (name, fields) in RequestDocument.Children(document, "Delete"))
        {
            if (name == "Quiet")
                quiet = fields.GetValueOrDefault("", "").Trim() == "true";
            if (name != "Object")
                continue;
            if (!fields.TryGetValue("Key", out var key) || key.Length == 0)
                throw S3Errors.MalformedXml("An Object has no Key.");
            if (fields.GetValueOrDefault("VersionId", "null") is not ("null" or "") and var version)
                failed.Add((key, S3Errors.InvalidArgument("Invalid version id specified", "versionId", version)));
            else
                keys.Add(ObjectKey.Parse(key));
        }
        if (keys.Count + failed.Count is 0 or > MostKeys)
            throw S3Errors.MalformedXml($"A Delete names 1 to {MostKeys} objects.");

        bucket.Delete(keys, WriteConditions.None);
        using var xml = new ResponseXml();
        xml.Root("DeleteResult");
        foreach (var key in keys)
        {
            if (quiet)
                break;
            xml.Open("Deleted");
            xml.Element("Key", key.Text);
            xml.Close("Deleted");
        }
        foreach (var (key, error) in failed)
        {
            xml.Open("Error");
            xml.Element("Key", key);
            xml.Element("Code", error.Code);
            xml.Element("Message", error.Message);
            xml.Close("Error");
        }
        xml.Close("DeleteResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }
}
