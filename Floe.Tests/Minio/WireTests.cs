using System.Net;
using System.Text;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>What no well-meaning client sends: wrong signatures, tampered chunks, false lengths, keys that look like paths.</summary>
[Trait("Category", "Conformance")]
public sealed class WireTests(MinioFixture minio) : IClassFixture<MinioFixture>, IAsyncLifetime
{
    private static readonly byte[] Content = Enumerable.Range(0, 20_000).Select(i => (byte)(i * 7)).ToArray();
    private readonly RawS3 _s3 = new(minio.Endpoint, minio.AccessKey, minio.SecretKey);
    private string _bucket = "";

    public async Task InitializeAsync() => _bucket = await minio.NewBucketAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(ChunkedForm.Signed)]
    [InlineData(ChunkedForm.SignedWithTrailer)]
    [InlineData(ChunkedForm.UnsignedWithTrailer)]
    public async Task Every_chunked_form_arrives_unframed(ChunkedForm form)
    {
        var put = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, form);
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var got = await _s3.SendAsync("GET", $"/{_bucket}/x");
        Assert.Equal(Content, got.Body);
        Assert.DoesNotContain("aws-chunked", got.Head, StringComparison.OrdinalIgnoreCase);
    }

    [Trait("Category", "Inside")]
    [Theory]
    [InlineData(ChunkedForm.Signed)]
    [InlineData(ChunkedForm.SignedWithTrailer)]
    public async Task A_region_of_any_length_can_be_signed_for(ChunkedForm form)
    {
        var distant = new RawS3(minio.Endpoint, minio.AccessKey, minio.SecretKey) { Region = new string('r', 600) };
        Assert.Equal(HttpStatusCode.OK, (await distant.PutChunkedAsync($"/{_bucket}/x", Content, form)).Status);
    }

    [Theory]
    [InlineData(ChunkedForm.Signed)]
    [InlineData(ChunkedForm.SignedWithTrailer)]
    public async Task A_changed_byte_breaks_the_chain(ChunkedForm form)
    {
        // A byte in the second chunk's data.
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, form, body => Flip(body, 8192 + 300));
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Fact]
    public async Task Without_a_length_a_bucket_is_created_and_an_object_is_not()
    {
        var bucket = $"{_bucket}-bare";
        Assert.Equal(HttpStatusCode.OK, (await _s3.SendWithoutLengthAsync("PUT", $"/{bucket}")).Status);
        Assert.Equal(HttpStatusCode.OK, (await _s3.SendAsync("HEAD", $"/{bucket}")).Status);
        var refused = await _s3.SendWithoutLengthAsync("PUT", $"/{bucket}/x");
        Assert.Equal((HttpStatusCode.LengthRequired, "MissingContentLength"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task A_changed_byte_in_unsigned_chunks_breaks_the_checksum()
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.UnsignedWithTrailer, body => Flip(body, 8192 + 300));
        Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Fact]
    public async Task Swapped_chunks_break_the_chain()
    {
        var first = Encoding.ASCII.GetBytes("2000;chunk-signature=").Length + 64 + 2 + 8192 + 2;
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.Signed,
            body => [.. body[first..(2 * first)], .. body[..first], .. body[(2 * first)..]]);
        Assert.Equal("SignatureDoesNotMatch", answer.Code);
        await NothingStored();
    }

    [Fact]
    public async Task A_wrong_checksum_that_is_signed_is_a_bad_digest()
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.SignedWithTrailer, checksum: "AAAAAA==");
        Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Fact]
    public async Task A_changed_trailer_breaks_its_signature()
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.SignedWithTrailer, body =>
        {
            var at = body.AsSpan().IndexOf("x-amz-checksum-crc32:"u8);
            return Flip(body, at + 22);
        });
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Fact]
    public async Task A_dropped_trailer_is_missed()
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.UnsignedWithTrailer, body =>
            [.. body[..body.AsSpan().IndexOf("x-amz-checksum-crc32:"u8)], .. "\r\n"u8]);
        Assert.Equal((HttpStatusCode.BadRequest, "MalformedTrailerError"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Theory]
    [InlineData(ChunkedForm.Signed, 19_999)]
    [InlineData(ChunkedForm.Signed, 20_001)]
    [InlineData(ChunkedForm.UnsignedWithTrailer, 19_999)]
    [InlineData(ChunkedForm.UnsignedWithTrailer, 20_001)]
    public async Task A_false_length_is_an_incomplete_body(ChunkedForm form, int announced)
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, form, announcedLength: announced);
        Assert.Equal((HttpStatusCode.BadRequest, "IncompleteBody"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Theory]
    [InlineData(100)]
    [InlineData(8500)]
    [InlineData(20_400)]
    public async Task A_body_that_ends_early_is_incomplete(int length)
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.Signed, body => body[..Math.Min(length, body.Length - 3)]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("IncompleteBody", answer.Code);
        await NothingStored();
    }

    [Fact]
    public async Task Bytes_after_the_last_chunk_are_refused()
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.Signed, body => [.. body, .. "more"u8]);
        Assert.Equal("IncompleteBody", answer.Code);
        await NothingStored();
    }

    [Theory]
    [InlineData("zz;chunk-signature=0\r\n")]
    [InlineData("-5\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("\r\n")]
    public async Task Broken_framing_is_refused(string frame)
    {
        var answer = await _s3.PutChunkedAsync($"/{_bucket}/x", Content, ChunkedForm.UnsignedWithTrailer, _ => Encoding.ASCII.GetBytes(frame));
        Assert.Equal((HttpStatusCode.BadRequest, "IncompleteBody"), (answer.Status, answer.Code));
        await NothingStored();
    }

    [Fact]
    public async Task Content_with_another_hash_is_refused()
    {
        var answer = await _s3.SendAsync("PUT", $"/{_bucket}/x", Content, payloadHash: new string('0', 64));
        Assert.Equal((HttpStatusCode.BadRequest, "XAmzContentSHA256Mismatch"), (answer.Status, answer.Code));
        Assert.Equal("InvalidArgument", (await _s3.SendAsync("PUT", $"/{_bucket}/x", Content, payloadHash: "nonsense")).Code);
        await NothingStored();
        Assert.Equal(HttpStatusCode.OK, (await _s3.SendAsync("PUT", $"/{_bucket}/y", Content, payloadHash: "UNSIGNED-PAYLOAD")).Status);
    }

    [Theory]
    [InlineData(16, false)]
    [InlineData(-16, false)]
    [InlineData(14, true)]
    [InlineData(-14, true)]
    public async Task A_clock_may_be_off_by_fifteen_minutes(int minutes, bool accepted)
    {
        var late = new RawS3(minio.Endpoint, minio.AccessKey, minio.SecretKey) { Skew = TimeSpan.FromMinutes(minutes) };
        var answer = await late.SendAsync("GET", $"/{_bucket}");
        Assert.Equal(accepted ? "" : "RequestTimeTooSkewed", answer.Status == HttpStatusCode.OK ? "" : answer.Code);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_before_the_body()
    {
        var wrong = new RawS3(minio.Endpoint, minio.AccessKey, "wrong-secret");
        var answer = await wrong.SendAsync("PUT", $"/{_bucket}/x", Content);
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), (answer.Status, answer.Code));
        Assert.DoesNotContain(minio.SecretKey, answer.Text, StringComparison.Ordinal);
        await NothingStored();
    }

    [Trait("Category", "Inside")]
    [Theory]
    [InlineData("../escape", "..%2Fescape")]
    [InlineData("../../../../../../tmp/{run}", "../../../../../../tmp/{run}")]
    [InlineData("/tmp/{run}", "/tmp/{run}")]
    [InlineData("..", "..")]
    [InlineData("a/../../b", "a/../../b")]
    [InlineData("C:\\x", "C%3A%5Cx")]
    public async Task A_key_never_leaves_the_store(string key, string path)
    {
        // Not what another run, of a store that was broken once, left there.
        var run = $"floe-escape-{Guid.NewGuid():N}";
        (key, path) = (key.Replace("{run}", run), path.Replace("{run}", run));
        var put = await _s3.SendAsync("PUT", $"/{_bucket}/{path.Replace("%2F", "/")}", Content);
        Assert.Equal(HttpStatusCode.OK, put.Status);
        var list = await _s3.SendAsync("GET", $"/{_bucket}?list-type=2");
        Assert.Contains($"<Key>{key}</Key>", list.Text);
        Assert.Equal(Content, (await _s3.SendAsync("GET", $"/{_bucket}/{path.Replace("%2F", "/")}")).Body);
        Assert.False(File.Exists($"/tmp/{run}"));
        if (!minio.IsEmbedded)
            return;
        Assert.Single(Directory.EnumerateFiles(Path.Combine(minio.DataDirectory, "buckets", _bucket, "objects")));
        Assert.Equal(["buckets", "format", "lock", "tmp"], Directory.EnumerateFileSystemEntries(minio.DataDirectory).Select(p => Path.GetFileName(p)!).Order());
    }

    [Theory]
    [InlineData("PUT", "/..")]
    [InlineData("PUT", "/../x")]
    [InlineData("PUT", "/.")]
    [InlineData("DELETE", "/..")]
    public async Task A_bucket_never_leaves_the_store(string method, string path)
    {
        var answer = await _s3.SendAsync(method, path);
        Assert.Contains(answer.Code, new[] { "InvalidBucketName", "NoSuchBucket" });
    }

    [Theory]
    [InlineData("%ff")]
    [InlineData("%zz")]
    public async Task A_key_that_is_not_utf8_is_refused(string path) =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _s3.SendAsync("GET", $"/{_bucket}/{path}")).Status);

    [Fact]
    public async Task Health_needs_no_signature_and_errors_are_documents()
    {
        using var http = new HttpClient { BaseAddress = new Uri(minio.Endpoint) };
        foreach (var path in new[] { "/minio/health/live", "/minio/health/ready" })
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync(path)).StatusCode);
        using var denied = await http.GetAsync("/");
        Assert.Equal((HttpStatusCode.Forbidden, "application/xml"), (denied.StatusCode, denied.Content.Headers.ContentType!.MediaType));
        Assert.StartsWith("<?xml", await denied.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_header_added_on_the_way_is_noticed()
    {
        var address = await minio.Client.GetPreSignedURLAsync(new Amazon.S3.Model.GetPreSignedUrlRequest
        {
            BucketName = _bucket, Key = "x", Verb = Amazon.S3.HttpVerb.PUT, Protocol = Amazon.S3.Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(1),
        });
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ByteArrayContent(Content), Headers = { { "x-amz-meta-added", "1" } } };
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Contains("x-amz-meta-added", await answer.Content.ReadAsStringAsync());
    }

    private static byte[] Flip(byte[] body, int at)
    {
        body[at] ^= 1;
        return body;
    }

    private async Task NothingStored()
    {
        Assert.Equal("NoSuchKey", (await _s3.SendAsync("GET", $"/{_bucket}/x")).Code);
        if (minio.IsEmbedded)
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(minio.DataDirectory, "tmp")));
    }
}
