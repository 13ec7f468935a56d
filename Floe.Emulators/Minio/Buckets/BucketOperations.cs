using Floe.Emulators.Minio.Checksums;
using Floe.Emulators.Minio.Errors;
using Floe.Emulators.Minio.Requests;
using Floe.Emulators.Minio.Signatures;
using Microsoft.AspNetCore.Http;

namespace Floe.Emulators.Minio.Buckets;

/// <summary>Create, look at, delete and list buckets, and what can honestly be said about features that are not offered.</summary>
internal sealed class BucketOperations(BucketStore store)
{
    /// <summary>Every region is accepted; this one is reported.</summary>
    public const string Region = "us-east-1";

    public async Task CreateAsync(S3Request request, SignedRequest signed)
    {
        if (request.Header("x-amz-bucket-object-lock-enabled") is "true" or "True")
            throw S3Errors.NotImplemented("object lock");
        var document = await RequestDocument.ReadAsync(request, signed, DeclaredDigests.Parse(request));
        // A location constraint is accepted like any region; the document must still be one.
        if (document.Length > 0)
            _ = RequestDocument.Children(document, "CreateBucketConfiguration").Count();
        store.Create(request.Bucket!);
        request.Response.Headers.Location = "/" + request.Bucket;
    }

    public Task HeadAsync(S3Request request, Bucket bucket)
    {
        request.Response.Headers["x-amz-bucket-region"] = Region;
        request.Response.ContentType = "application/xml";
        return Task.CompletedTask;
    }

    public Task DeleteAsync(S3Request request, Bucket bucket)
    {
        store.Delete(bucket.Name);
        request.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    public async Task ListAsync(S3Request request)
    {
        using var xml = new ResponseXml();
        xml.Root("ListAllMyBucketsResult");
        Owner.Write(xml);
        xml.Open("Buckets");
        foreach (var bucket in store.All)
        {
            xml.Open("Bucket");
            xml.Element("Name", bucket.Name);
            xml.Element("CreationDate", bucket.Created);
            xml.Close("Bucket");
        }
        xml.Close("Buckets");
        xml.Close("ListAllMyBucketsResult");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    /// <summary>GET ?location: an empty element means us-east-1.</summary>
    public static Task LocationAsync(S3Request request) => EmptyAsync(request, "LocationConstraint");

    /// <summary>GET ?versioning: an empty configuration means that it was never switched on.</summary>
    public static Task VersioningAsync(S3Request request) => EmptyAsync(request, "VersioningConfiguration");

    /// <summary>GET ?acl of a bucket or object: the owner may do everything, and nobody else anything.</summary>
    public static async Task AclAsync(S3Request request)
    {
        using var xml = new ResponseXml();
        xml.Root("AccessControlPolicy");
        Owner.Write(xml);
        xml.Open("AccessControlList");
        xml.Open("Grant");
        xml.Open("Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"");
        xml.Element("ID", Owner.Id);
        xml.Element("DisplayName", Owner.Id);
        xml.Close("Grantee");
        xml.Element("Permission", "FULL_CONTROL");
        xml.Close("Grant");
        xml.Close("AccessControlList");
        xml.Close("AccessControlPolicy");
        await xml.SendAsync(request.Response, request.Aborted);
    }

    private static async Task EmptyAsync(S3Request request, string root)
    {
        using var xml = new ResponseXml();
        xml.Root(root);
        xml.Close(root);
        await xml.SendAsync(request.Response, request.Aborted);
    }
}
