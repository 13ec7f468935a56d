using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Floe.Tests.Minio;

/// <summary>If-Match and If-None-Match of writes under race, on PutObject and on CompleteMultipartUpload.</summary>
[Trait("Category", "Conformance")]
public sealed class ConditionTests(MinioFixture minio) : IClassFixture<MinioFixture>, IAsyncLifetime
{
    private const int Racers = 12;
    private string _bucket = "";

    public async Task InitializeAsync() => _bucket = await minio.NewBucketAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_completions_that_want_to_be_first_one_is()
    {
        var uploads = await Task.WhenAll(Enumerable.Range(0, Racers).Select(_ => UploadAsync("race")));
        var outcomes = await Task.WhenAll(uploads.Select(u => StatusAsync(() => CompleteAsync("race", u, r => r.IfNoneMatch = "*"))));
        Assert.Single(outcomes, HttpStatusCode.OK);
        Assert.All(outcomes, status => Assert.Contains(status, new[] { HttpStatusCode.OK, HttpStatusCode.PreconditionFailed, HttpStatusCode.Conflict }));
    }

    [Fact]
    public async Task Of_writers_that_replace_the_same_version_one_does()
    {
        var etag = (await PutAsync("swap", "0")).ETag;
        var outcomes = await Task.WhenAll(Enumerable.Range(1, Racers).Select(i => StatusAsync(() => PutAsync("swap", $"{i}", r => r.IfMatch = etag))));
        var winner = Assert.Single(Enumerable.Range(1, Racers), i => outcomes[i - 1] == HttpStatusCode.OK);
        using var got = await minio.Client.GetObjectAsync(_bucket, "swap");
        Assert.Equal($"{winner}", await new StreamReader(got.ResponseStream).ReadToEndAsync());
    }

    [Fact]
    public async Task A_completion_replaces_only_the_version_that_it_names()
    {
        var missing = await UploadAsync("never");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(() => CompleteAsync("never", missing, r => r.IfMatch = "\"00000000000000000000000000000000\"")));

        var first = (await PutAsync("object", "first")).ETag;
        var upload = await UploadAsync("object");
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(() => CompleteAsync("object", upload, r => r.IfMatch = "\"00000000000000000000000000000000\"")));
        Assert.Equal(5, (await minio.Client.GetObjectMetadataAsync(_bucket, "object")).ContentLength);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(() => CompleteAsync("object", upload, r => r.IfMatch = first)));
        Assert.Equal(1000, (await minio.Client.GetObjectMetadataAsync(_bucket, "object")).ContentLength);
        // The version that it replaced is no more.
        Assert.Equal(HttpStatusCode.PreconditionFailed, await StatusAsync(() => PutAsync("object", "late", r => r.IfMatch = first)));
    }

    private Task<PutObjectResponse> PutAsync(string key, string content, Action<PutObjectRequest>? with = null)
    {
        var request = new PutObjectRequest { BucketName = _bucket, Key = key, ContentBody = content };
        with?.Invoke(request);
        return minio.Client.PutObjectAsync(request);
    }

    private async Task<(string Id, string ETag)> UploadAsync(string key)
    {
        var begun = await minio.Client.InitiateMultipartUploadAsync(_bucket, key);
        var part = await minio.Client.UploadPartAsync(new UploadPartRequest { BucketName = _bucket, Key = key, UploadId = begun.UploadId, PartNumber = 1, InputStream = new MemoryStream(new byte[1000]) });
        return (begun.UploadId, part.ETag);
    }

    private Task CompleteAsync(string key, (string Id, string ETag) upload, Action<CompleteMultipartUploadRequest> with)
    {
        var request = new CompleteMultipartUploadRequest { BucketName = _bucket, Key = key, UploadId = upload.Id, PartETags = [new PartETag(1, upload.ETag)] };
        with(request);
        return minio.Client.CompleteMultipartUploadAsync(request);
    }

    private static async Task<HttpStatusCode> StatusAsync(Func<Task> call)
    {
        try
        {
            await call();
            return HttpStatusCode.OK;
        }
        catch (AmazonS3Exception e)
        {
            return e.StatusCode;
        }
    }
}
