using System.Net;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.S3.Model;
using Amazon.S3;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>What clients of S3 rely on, through AWSSDK.S3; run once per way in which the SDK can be set up.</summary>
public abstract class S3ClientTests : IAsyncLifetime
{
    private readonly MinioFixture _minio;
    private readonly AmazonS3Client _s3;
    private string _bucket = "";

    protected S3ClientTests(MinioFixture minio)
    {
        _minio = minio;
        _s3 = minio.NewClient(Configure);
    }

    /// <summary>Keys that are easily mangled on the way to a file system or through a URL.</summary>
    public static TheoryData<string> OddKeys => new(
        "ключ/日本語.parquet", "a b+c=d&e?f#g%20h", "p/name=São Paulo/x", "emoji/🧊\U0001F9CA",
        "semi;colon,comma'quote(1)*!~$@:", "back\\slash", "<xml>&amp;\"quoted\"", "con", "%2F", "%", "tab\there", "line\nbreak", "C:\\x", "ends with blank ");

    /// <summary>Keys that S3 has and stores that map keys to paths, MinIO among them, refuse.</summary>
    public static TheoryData<string> PathlikeKeys => new("dots/./x", "dots/../../../x", "../x", "..", "a//b", "trailing/");

    public async Task InitializeAsync() => _bucket = await _minio.NewBucketAsync();

    public Task DisposeAsync()
    {
        _s3.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_bucket_is_created_once_listed_and_deleted_when_empty()
    {
        var taken = await Fails(() => _s3.PutBucketAsync(_bucket));
        Assert.Equal((HttpStatusCode.Conflict, "BucketAlreadyOwnedByYou"), (taken.StatusCode, taken.ErrorCode));
        Assert.Contains((await _s3.ListBucketsAsync()).Buckets, b => b.BucketName == _bucket && b.CreationDate > DateTime.UtcNow.AddMinutes(-5));
        Assert.Equal(HttpStatusCode.OK, (await _s3.HeadBucketAsync(new HeadBucketRequest { BucketName = _bucket })).HttpStatusCode);

        await Put("x", "1");
        Assert.Equal("BucketNotEmpty", (await Fails(() => _s3.DeleteBucketAsync(_bucket))).ErrorCode);
        await _s3.DeleteObjectAsync(_bucket, "x");
        await _s3.DeleteBucketAsync(_bucket);
        Assert.Equal(HttpStatusCode.NotFound, (await Fails(() => _s3.HeadBucketAsync(new HeadBucketRequest { BucketName = _bucket }))).StatusCode);
        Assert.Equal("NoSuchBucket", (await Fails(() => _s3.GetObjectAsync(_bucket, "x"))).ErrorCode);
        Assert.Equal("NoSuchBucket", (await Fails(() => Put("x", "1"))).ErrorCode);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("Upper")]
    [InlineData("two..dots")]
    [InlineData("-dash")]
    [InlineData("10.0.0.1")]
    public async Task A_bad_bucket_name_is_refused(string name) =>
        Assert.Equal("InvalidBucketName", (await Fails(() => _s3.PutBucketAsync(name))).ErrorCode);

    [Fact]
    public async Task An_object_comes_back_with_metadata_type_and_md5_etag()
    {
        var put = await _s3.PutObjectAsync(new PutObjectRequest
        {
            BucketName = _bucket,
            Key = "text",
            ContentBody = "Käse",
            ContentType = "text/plain; charset=utf-8",
            Headers = { CacheControl = "max-age=60", ContentDisposition = "inline", ContentEncoding = "identity" },
            Metadata = { ["writer"] = "floe", ["Mixed-Case"] = "b  c" },
        });
        var md5 = Convert.ToHexStringLower(MD5.HashData("Käse"u8));
        Assert.Equal($"\"{md5}\"", put.ETag);

        using var got = await _s3.GetObjectAsync(_bucket, "text");
        Assert.Equal("Käse", await new StreamReader(got.ResponseStream).ReadToEndAsync());
        Assert.Equal("text/plain; charset=utf-8", got.Headers.ContentType);
        Assert.Equal(("max-age=60", "inline", "identity"), (got.Headers.CacheControl, got.Headers.ContentDisposition, got.Headers.ContentEncoding));
        Assert.Equal("floe", got.Metadata["writer"]);
        Assert.Equal("b  c", got.Metadata["mixed-case"]);
        Assert.InRange(got.LastModified!.Value.ToUniversalTime(), DateTime.UtcNow.AddMinutes(-1), DateTime.UtcNow.AddSeconds(2));

        var head = await _s3.GetObjectMetadataAsync(_bucket, "text");
        Assert.Equal((5L, $"\"{md5}\"", "floe"), (head.ContentLength, head.ETag, head.Metadata["writer"]));
    }

    [Fact]
    public async Task An_empty_object_is_an_object()
    {
        await Put("empty", "");
        Assert.Equal("", await Text("empty"));
        Assert.Equal(0, (await _s3.GetObjectMetadataAsync(_bucket, "empty")).ContentLength);
    }

    [Fact]
    public async Task A_missing_key_is_named()
    {
        var get = await Fails(() => _s3.GetObjectAsync(_bucket, "nowhere"));
        Assert.Equal((HttpStatusCode.NotFound, "NoSuchKey"), (get.StatusCode, get.ErrorCode));
        Assert.False(string.IsNullOrEmpty(get.RequestId));
        Assert.Equal(HttpStatusCode.NotFound, (await Fails(() => _s3.GetObjectMetadataAsync(_bucket, "nowhere"))).StatusCode);
    }

    [Theory]
    [InlineData("bytes=10-19", 10, 10)]
    [InlineData("bytes=90-", 90, 10)]
    [InlineData("bytes=-8", 92, 8)]
    [InlineData("bytes=-500", 0, 100)]
    [InlineData("bytes=95-500", 95, 5)]
    public async Task A_range_is_a_piece(string range, int offset, int length)
    {
        var content = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        await Put("hundred", content);
        using var got = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = "hundred", ByteRange = new ByteRange(range) });
        Assert.Equal(HttpStatusCode.PartialContent, got.HttpStatusCode);
        Assert.Equal($"bytes {offset}-{offset + length - 1}/100", got.ContentRange);
        Assert.Equal(content[offset..(offset + length)], await Bytes(got));
    }

    [Theory]
    [InlineData("hundred", "bytes=100-")]
    [InlineData("hundred", "bytes=-0")]
    [InlineData("empty", "bytes=0-")]
    [InlineData("empty", "bytes=-8")]
    public async Task A_range_outside_is_refused(string key, string range)
    {
        await Put("hundred", new byte[100]);
        await Put("empty", "");
        var error = await Fails(() => _s3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = key, ByteRange = new ByteRange(range) }));
        Assert.Equal((HttpStatusCode.RequestedRangeNotSatisfiable, "InvalidRange"), (error.StatusCode, error.ErrorCode));
    }

    [Fact]
    public async Task Reads_honour_their_conditions()
    {
        var etag = (await Put("c", "1")).ETag;
        GetObjectRequest Get() => new() { BucketName = _bucket, Key = "c" };
        Assert.Equal(HttpStatusCode.NotModified, await Status(Get().With(r => r.EtagToNotMatch = etag)));
        Assert.Equal(HttpStatusCode.OK, await Status(Get().With(r => r.EtagToNotMatch = "\"other\"")));
        Assert.Equal(HttpStatusCode.OK, await Status(Get().With(r => r.EtagToMatch = etag)));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await Status(Get().With(r => r.EtagToMatch = "\"other\"")));
        Assert.Equal(HttpStatusCode.NotModified, await Status(Get().With(r => r.ModifiedSinceDate = DateTime.UtcNow.AddHours(1))));
        Assert.Equal(HttpStatusCode.OK, await Status(Get().With(r => r.ModifiedSinceDate = DateTime.UtcNow.AddHours(-1))));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await Status(Get().With(r => r.UnmodifiedSinceDate = DateTime.UtcNow.AddHours(-1))));
    }

    [Fact]
    public async Task Writes_honour_their_conditions()
    {
        var first = await Put("w", "1", r => r.IfNoneMatch = "*");
        var again = await Fails(() => Put("w", "2", r => r.IfNoneMatch = "*"));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "PreconditionFailed"), (again.StatusCode, again.ErrorCode));
        Assert.Equal("1", await Text("w"));

        await Put("w", "3", r => r.IfMatch = first.ETag);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Fails(() => Put("w", "4", r => r.IfMatch = first.ETag))).StatusCode);
        Assert.Equal("NoSuchKey", (await Fails(() => Put("new", "5", r => r.IfMatch = first.ETag))).ErrorCode);
        Assert.Equal("3", await Text("w"));
    }

    [Fact]
    public async Task Of_sixteen_writers_that_want_to_be_first_one_is()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 16).Select(async i =>
        {
            try
            {
                await Put("race", i.ToString(), r => r.IfNoneMatch = "*");
                return i;
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
            {
                return -1;
            }
        }));
        var winner = Assert.Single(results, i => i >= 0);
        Assert.Equal(winner.ToString(), await Text("race"));
    }

    [Theory]
    [MemberData(nameof(OddKeys))]
    public async Task Any_key_is_kept_as_it_is(string key)
    {
        await Put(key, key);
        Assert.Equal(key, await Text(key));
        Assert.Equal([key], await Keys(new ListObjectsV2Request { BucketName = _bucket }));
        // The SDK hands encoded keys on as they are.
        Assert.Equal([key], (await Keys(new ListObjectsV2Request { BucketName = _bucket, Encoding = EncodingType.Url })).Select(Uri.UnescapeDataString));
        await _s3.DeleteObjectAsync(_bucket, key);
        Assert.Empty(await Keys(new ListObjectsV2Request { BucketName = _bucket }));
    }

    [Trait("Category", "Inside")]
    [Theory]
    [MemberData(nameof(PathlikeKeys))]
    public Task A_key_is_not_a_path(string key) => Any_key_is_kept_as_it_is(key);

    [Trait("Category", "Inside")]
    [Fact]
    public async Task A_key_may_be_the_beginning_of_another()
    {
        await Put("x", "1");
        await Put("x/y", "2");
        await Put("x/y/z", "3");
        Assert.Equal(["1", "2", "3"], [await Text("x"), await Text("x/y"), await Text("x/y/z")]);
    }

    [Fact]
    public async Task A_key_has_at_most_1024_bytes()
    {
        var longest = new string('k', 900) + new string('ä', 62);
        await Put(longest, "long");
        Assert.Equal("long", await Text(longest));
        Assert.Equal("KeyTooLongError", (await Fails(() => Put(longest + "!", "longer"))).ErrorCode);
    }

    [Fact]
    public async Task Pages_follow_the_order_of_utf8_bytes()
    {
        // U+E000 sorts below U+10000 in UTF-8, above it in UTF-16.
        string[] keys = ["a", "b/\uE000", "b/\U00010000", "b/é", .. Enumerable.Range(0, 25).Select(i => $"n/{i:00}")];
        foreach (var key in keys)
            await Put(key, key);
        var expected = keys.OrderBy(k => Convert.ToHexString(Encoding.UTF8.GetBytes(k)), StringComparer.Ordinal).ToArray();
        Assert.Equal(expected, await Keys(new ListObjectsV2Request { BucketName = _bucket, MaxKeys = 4 }));
        Assert.Equal(expected.Where(k => k.StartsWith("n/1", StringComparison.Ordinal)), await Keys(new ListObjectsV2Request { BucketName = _bucket, Prefix = "n/1", MaxKeys = 3 }));
        Assert.Equal(expected.SkipWhile(k => k != "n/20").Skip(1), await Keys(new ListObjectsV2Request { BucketName = _bucket, StartAfter = "n/20" }));

        List<string> v1 = [];
        ListObjectsResponse page;
        string? marker = null;
        do
        {
            page = await _s3.ListObjectsAsync(new ListObjectsRequest { BucketName = _bucket, MaxKeys = 7, Marker = marker });
            v1.AddRange(page.S3Objects.Select(o => o.Key));
            marker = page.NextMarker;
        }
        while (page.IsTruncated == true);
        Assert.Equal(expected, v1);
    }

    [Fact]
    public async Task A_delimiter_groups_and_groups_count_for_the_page()
    {
        foreach (var key in new[] { "a", "d1/x", "d1/y", "d1/z/w", "d2/x", "e", "f//g" })
            await Put(key, "");
        List<string> seen = [];
        string? token = null;
        do
        {
            var page = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Delimiter = "/", MaxKeys = 2, ContinuationToken = token });
            Assert.InRange(page.KeyCount!.Value, 1, 2);
            seen.AddRange((page.CommonPrefixes ?? []).Concat((page.S3Objects ?? []).Select(o => o.Key)).Order(StringComparer.Ordinal));
            token = page.NextContinuationToken;
        }
        while (token is not null);
        Assert.Equal(["a", "d1/", "d2/", "e", "f/"], seen);

        var inner = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket, Delimiter = "/", Prefix = "d1/" });
        Assert.Equal(["d1/x", "d1/y"], inner.S3Objects.Select(o => o.Key));
        Assert.Equal(["d1/z/"], inner.CommonPrefixes);
    }

    [Fact]
    public async Task A_thousand_small_objects_fit_one_page()
    {
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) => await Put($"small/{i:0000}", "x"));
        var page = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket });
        Assert.Equal((1000, false), (page.S3Objects.Count, page.IsTruncated!.Value));

        var deleted = await _s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _bucket, Objects = page.S3Objects.ConvertAll(o => new KeyVersion { Key = o.Key }) });
        Assert.Equal(1000, deleted.DeletedObjects.Count);
        Assert.Equal(0, (await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket })).KeyCount);
        if (_minio.IsEmbedded)
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(_minio.DataDirectory, "buckets", _bucket, "objects")));
    }

    [Fact]
    public async Task Deleting_many_reports_each_unless_quiet()
    {
        await Put("one", "1");
        await Put("two & <three>", "2");
        KeyVersion[] keys = [new() { Key = "one" }, new() { Key = "two & <three>" }, new() { Key = "never there" }];
        var loud = await _s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _bucket, Objects = [.. keys] });
        Assert.Equal(keys.Select(k => k.Key), loud.DeletedObjects.Select(d => d.Key));
        var quiet = await _s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = _bucket, Objects = [.. keys], Quiet = true });
        Assert.Empty(quiet.DeletedObjects ?? []);
        Assert.Equal(HttpStatusCode.NoContent, (await _s3.DeleteObjectAsync(_bucket, "one")).HttpStatusCode);
    }

    [Fact]
    public async Task A_copy_keeps_content_etag_and_metadata_or_replaces_it()
    {
        var source = await Put("source dir/ä+b", "content", r => r.Metadata["kept"] = "yes");
        var copy = await _s3.CopyObjectAsync(_bucket, "source dir/ä+b", _bucket, "copy");
        Assert.Equal(source.ETag, copy.ETag);
        Assert.Equal("content", await Text("copy"));
        Assert.Equal("yes", (await _s3.GetObjectMetadataAsync(_bucket, "copy")).Metadata["kept"]);

        var replace = new CopyObjectRequest
        {
            SourceBucket = _bucket, SourceKey = "copy", DestinationBucket = _bucket, DestinationKey = "copy", MetadataDirective = S3MetadataDirective.REPLACE,
        };
        replace.Metadata["kept"] = "no";
        await _s3.CopyObjectAsync(replace);
        Assert.Equal("no", (await _s3.GetObjectMetadataAsync(_bucket, "copy")).Metadata["kept"]);
        Assert.Equal("InvalidRequest", (await Fails(() => _s3.CopyObjectAsync(_bucket, "copy", _bucket, "copy"))).ErrorCode);
        Assert.Equal("NoSuchKey", (await Fails(() => _s3.CopyObjectAsync(_bucket, "missing", _bucket, "y"))).ErrorCode);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Fails(() => _s3.CopyObjectAsync(new CopyObjectRequest
        {
            SourceBucket = _bucket, SourceKey = "copy", DestinationBucket = _bucket, DestinationKey = "z", ETagToMatch = "\"other\"",
        }))).StatusCode);
    }

    [Fact]
    public async Task A_multipart_upload_becomes_one_object()
    {
        var content = Pattern(15 * 1024 * 1024 + 7);
        const int part = 6 * 1024 * 1024;
        var begun = await _s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = _bucket, Key = "big", ContentType = "application/x-floe", Metadata = { ["m"] = "1" } });
        var parts = new List<PartETag>();
        // Out of order, and one part twice.
        foreach (var number in new[] { 3, 1, 2, 1 })
        {
            var uploaded = await _s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = _bucket, Key = "big", UploadId = begun.UploadId, PartNumber = number,
                InputStream = new MemoryStream(content, (number - 1) * part, Math.Min(part, content.Length - (number - 1) * part)),
            });
            parts.RemoveAll(p => p.PartNumber == number);
            parts.Add(new PartETag(number, uploaded.ETag));
        }
        var listed = await _s3.ListPartsAsync(new ListPartsRequest { BucketName = _bucket, Key = "big", UploadId = begun.UploadId });
        Assert.Equal([1, 2, 3], listed.Parts.Select(p => p.PartNumber!.Value));
        Assert.Contains((await _s3.ListMultipartUploadsAsync(_bucket)).MultipartUploads, u => u.UploadId == begun.UploadId && u.Key == "big");

        CompleteMultipartUploadRequest Complete() => new() { BucketName = _bucket, Key = "big", UploadId = begun.UploadId, PartETags = parts };
        var completed = await _s3.CompleteMultipartUploadAsync(Complete());
        Assert.EndsWith("-3\"", completed.ETag);
        // The answer may have been lost: asking again gives it again.
        Assert.Equal(completed.ETag, (await _s3.CompleteMultipartUploadAsync(Complete())).ETag);

        var head = await _s3.GetObjectMetadataAsync(_bucket, "big");
        Assert.Equal((content.LongLength, "application/x-floe", "1", completed.ETag), (head.ContentLength, head.Headers.ContentType, head.Metadata["m"], head.ETag));
        using var whole = await _s3.GetObjectAsync(_bucket, "big");
        Assert.Equal(content, await Bytes(whole));
        using var across = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = "big", ByteRange = new ByteRange(part - 10, part + 9) });
        Assert.Equal(content[(part - 10)..(part + 10)], await Bytes(across));
        using var second = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = "big", PartNumber = 2 });
        Assert.Equal(content[part..(2 * part)], await Bytes(second));

        await _s3.CopyObjectAsync(_bucket, "big", _bucket, "big-copy");
        using var copied = await _s3.GetObjectAsync(_bucket, "big-copy");
        Assert.Equal(content, await Bytes(copied));
        await _s3.DeleteObjectAsync(_bucket, "big");
        if (_minio.IsEmbedded)
            Assert.Empty(Directory.EnumerateDirectories(Path.Combine(_minio.DataDirectory, "buckets", _bucket, "multipart")));
    }

    [Fact]
    public async Task A_multipart_upload_is_refused_with_wrong_parts_and_can_be_aborted()
    {
        var begun = await _s3.InitiateMultipartUploadAsync(_bucket, "m");
        var etags = new Dictionary<int, string>();
        foreach (var number in new[] { 2, 5 })
        {
            etags[number] = (await _s3.UploadPartAsync(new UploadPartRequest
            {
                BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartNumber = number, InputStream = new MemoryStream(new byte[1000]),
            })).ETag;
        }
        Task<AmazonS3Exception> Refused(params (int Number, string ETag)[] parts) => Fails(() => _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartETags = [.. parts.Select(p => new PartETag(p.Number, p.ETag))],
        }));
        Assert.Equal("EntityTooSmall", (await Refused((2, etags[2]), (5, etags[5]))).ErrorCode);
        Assert.Equal("InvalidPart", (await Refused((2, "\"0123\""))).ErrorCode);
        Assert.Equal("InvalidPart", (await Refused((3, etags[2]))).ErrorCode);
        await Put("m", "first");
        var late = await Fails(() => _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartETags = [new PartETag(5, etags[5])], IfNoneMatch = "*",
        }));
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        Assert.Equal("first", await Text("m"));

        await _s3.AbortMultipartUploadAsync(_bucket, "m", begun.UploadId);
        Assert.Equal("NoSuchUpload", (await Refused((5, etags[5]))).ErrorCode);
        Assert.Equal("NoSuchUpload", (await Fails(() => _s3.ListPartsAsync(_bucket, "m", begun.UploadId))).ErrorCode);
    }

    [Fact]
    public async Task A_part_can_be_copied_from_an_object()
    {
        var content = Pattern(1000);
        await Put("source", content);
        var begun = await _s3.InitiateMultipartUploadAsync(_bucket, "pieces");
        var part = await _s3.CopyPartAsync(new CopyPartRequest
        {
            SourceBucket = _bucket, SourceKey = "source", DestinationBucket = _bucket, DestinationKey = "pieces", UploadId = begun.UploadId, PartNumber = 1, FirstByte = 100, LastByte = 199,
        });
        await _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = _bucket, Key = "pieces", UploadId = begun.UploadId, PartETags = [new PartETag(1, part.ETag)],
        });
        using var got = await _s3.GetObjectAsync(_bucket, "pieces");
        Assert.Equal(content[100..200], await Bytes(got));
    }

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task A_checksum_is_verified_kept_and_given_back(string name)
    {
        var content = Pattern(300_001);
        var request = new PutObjectRequest { BucketName = _bucket, Key = "sum", InputStream = new MemoryStream(content) };
        var expected = Checksums.Base64(name, content);
        Checksums.Set(request, name, expected);
        await _s3.PutObjectAsync(request);
        using var got = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = _bucket, Key = "sum", ChecksumMode = ChecksumMode.ENABLED });
        Assert.Equal(expected, Checksums.Of(got, name));
        Assert.Equal(content, await Bytes(got));

        var wrong = new PutObjectRequest { BucketName = _bucket, Key = "sum", InputStream = new MemoryStream(content[1..]) };
        Checksums.Set(wrong, name, expected);
        var refused = await Fails(() => _s3.PutObjectAsync(wrong));
        Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), (refused.StatusCode, refused.ErrorCode));
        Assert.Equal(300_001, (await _s3.GetObjectMetadataAsync(_bucket, "sum")).ContentLength);
    }

    [Fact]
    public async Task A_wrong_content_md5_is_refused()
    {
        var error = await Fails(() => Put("md5", "content", r => r.MD5Digest = Convert.ToBase64String(MD5.HashData("other"u8))));
        Assert.Equal("BadDigest", error.ErrorCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Fails(() => _s3.GetObjectMetadataAsync(_bucket, "md5"))).StatusCode);
    }

    [Fact]
    public async Task A_presigned_address_serves_until_it_expires()
    {
        await Put("pre signed/ü", "content");
        var query = new GetPreSignedUrlRequest { BucketName = _bucket, Key = "pre signed/ü", Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) };
        query.ResponseHeaderOverrides.ContentType = "text/x-override";
        var address = await _s3.GetPreSignedURLAsync(query);
        using var http = new HttpClient();
        using var got = await http.GetAsync(address);
        Assert.Equal(("content", "text/x-override"), (await got.Content.ReadAsStringAsync(), got.Content.Headers.ContentType!.MediaType));

        using var changed = await http.GetAsync(address.Replace("pre%20signed", "pre%20Signed"));
        Assert.Equal(HttpStatusCode.Forbidden, changed.StatusCode);
        var upload = await _s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = _bucket, Key = "up", Verb = HttpVerb.PUT, Protocol = Protocol.HTTP, Expires = DateTime.UtcNow.AddMinutes(5) });
        using var put = await http.PutAsync(upload, new ByteArrayContent("by url"u8.ToArray()));
        Assert.Equal(HttpStatusCode.OK, put.StatusCode);
        Assert.Equal("by url", await Text("up"));
        using var wrongVerb = await http.DeleteAsync(upload);
        Assert.Equal(HttpStatusCode.Forbidden, wrongVerb.StatusCode);
    }

    [Fact]
    public async Task Wrong_keys_are_refused()
    {
        using var wrongSecret = _minio.NewClient(Configure, secretKey: "not the secret");
        var secret = await Fails(() => wrongSecret.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket }));
        Assert.Equal((HttpStatusCode.Forbidden, "SignatureDoesNotMatch"), (secret.StatusCode, secret.ErrorCode));
        using var wrongKey = _minio.NewClient(Configure, accessKey: "somebody");
        Assert.Equal("InvalidAccessKeyId", (await Fails(() => wrongKey.PutObjectAsync(new PutObjectRequest { BucketName = _bucket, Key = "x", ContentBody = "x" }))).ErrorCode);
        using var anonymous = new AmazonS3Client(new AnonymousAWSCredentials(), new AmazonS3Config { ServiceURL = _minio.Endpoint, ForcePathStyle = true, MaxErrorRetry = 0 });
        Assert.Equal("AccessDenied", (await Fails(() => anonymous.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _bucket }))).ErrorCode);
    }

    [Trait("Category", "Inside")]
    [Fact]
    public async Task What_is_not_offered_is_refused_and_changes_nothing()
    {
        await Put("kept", "kept");
        Assert.Equal(HttpStatusCode.NotImplemented, (await Fails(() => _s3.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = _bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        }))).StatusCode);
        Assert.Equal(HttpStatusCode.NotImplemented, (await Fails(() => _s3.PutObjectTaggingAsync(new PutObjectTaggingRequest
        {
            BucketName = _bucket, Key = "kept", Tagging = new Tagging { TagSet = [new Tag { Key = "a", Value = "b" }] },
        }))).StatusCode);
        Assert.Equal(HttpStatusCode.NotImplemented, (await Fails(() => Put("enc", "x", r => r.ServerSideEncryptionMethod = ServerSideEncryptionMethod.AES256))).StatusCode);
        Assert.Equal("kept", await Text("kept"));
        Assert.NotEqual(VersionStatus.Enabled, (await _s3.GetBucketVersioningAsync(_bucket)).VersioningConfig?.Status);
    }

    /// <summary>Sets up the SDK.</summary>
    protected abstract void Configure(AmazonS3Config config);

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static Task<AmazonS3Exception> Fails(Func<Task> call) => Assert.ThrowsAnyAsync<AmazonS3Exception>(call);

    private static async Task<byte[]> Bytes(GetObjectResponse response)
    {
        using var memory = new MemoryStream();
        await response.ResponseStream.CopyToAsync(memory);
        return memory.ToArray();
    }

    private Task<PutObjectResponse> Put(string key, string text, Action<PutObjectRequest>? with = null) => Put(key, Encoding.UTF8.GetBytes(text), with);

    private Task<PutObjectResponse> Put(string key, byte[] content, Action<PutObjectRequest>? with = null)
    {
        var request = new PutObjectRequest { BucketName = _bucket, Key = key, InputStream = new MemoryStream(content) };
        with?.Invoke(request);
        return _s3.PutObjectAsync(request);
    }

    private async Task<string> Text(string key)
    {
        using var got = await _s3.GetObjectAsync(_bucket, key);
        return Encoding.UTF8.GetString(await Bytes(got));
    }

    private async Task<HttpStatusCode> Status(GetObjectRequest request)
    {
        try
        {
            using var got = await _s3.GetObjectAsync(request);
            return got.HttpStatusCode;
        }
        catch (AmazonS3Exception e)
        {
            return e.StatusCode;
        }
    }

    private async Task<List<string>> Keys(ListObjectsV2Request request)
    {
        List<string> keys = [];
        ListObjectsV2Response page;
        do
        {
            page = await _s3.ListObjectsV2Async(request);
            keys.AddRange((page.S3Objects ?? []).Select(o => o.Key));
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return keys;
    }
}
