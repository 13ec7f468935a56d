using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Floe.Tests.Minio;

/// <summary>Every kind of checksum that the SDKs send, in every place where they send it: as a trailer, per part, over the parts.</summary>
[Trait("Category", "Conformance")]
public sealed class ObjectChecksumTests(MinioFixture minio) : IClassFixture<MinioFixture>, IAsyncLifetime
{
    private static readonly byte[] s_content = Enumerable.Range(0, 20_000).Select(i => (byte)(i * 11)).ToArray();
    private readonly RawS3 _s3 = new(minio.Endpoint, minio.AccessKey, minio.SecretKey);
    private string _bucket = "";

    public static TheoryData<string, ChunkedForm> Trailers
    {
        get
        {
            var data = new TheoryData<string, ChunkedForm>();
            foreach (var name in (string[])["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"])
            {
                data.Add(name, ChunkedForm.SignedWithTrailer);
                data.Add(name, ChunkedForm.UnsignedWithTrailer);
            }

            return data;
        }
    }

    public async Task InitializeAsync() => _bucket = await minio.NewBucketAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [MemberData(nameof(Trailers))]
    public async Task A_trailer_is_verified_kept_and_given_back(string name, ChunkedForm form)
    {
        var other = Checksums.Base64(name, s_content.AsSpan(1));
        var refused = await _s3.PutChunkedAsync($"/{_bucket}/x", s_content, form, checksum: other, algorithm: name);
        Assert.Equal((HttpStatusCode.BadRequest, "BadDigest"), (refused.Status, refused.Code));
        Assert.Equal("NoSuchKey", (await _s3.SendAsync("GET", $"/{_bucket}/x")).Code);

        Assert.Equal(HttpStatusCode.OK, (await _s3.PutChunkedAsync($"/{_bucket}/x", s_content, form, algorithm: name)).Status);
        var got = await _s3.SendAsync("GET", $"/{_bucket}/x", headers: ("x-amz-checksum-mode", "ENABLED"));
        Assert.Equal(s_content, got.Body);
        Assert.Contains($"x-amz-checksum-{name.ToLowerInvariant()}: {Checksums.Base64(name, s_content)}\r\n", got.Head + "\r\n", StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("CRC32", "COMPOSITE")]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC32C", "COMPOSITE")]
    [InlineData("CRC32C", "FULL_OBJECT")]
    [InlineData("CRC64NVME", "FULL_OBJECT")]
    [InlineData("SHA1", "COMPOSITE")]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task The_parts_checksums_become_the_objects(string name, string type)
    {
        var parts = new[] { new byte[5 * 1024 * 1024], s_content };
        new Random(5).NextBytes(parts[0]);
        var algorithm = ChecksumAlgorithm.FindValue(name);
        var begun = await minio.Client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest
        {
            BucketName = _bucket, Key = "m", ChecksumAlgorithm = algorithm, ChecksumType = ChecksumType.FindValue(type),
        });
        List<PartETag> uploaded = [];
        for (var i = 0; i < parts.Length; i++)
        {
            // The value by hand: the SDK computes some kinds only with a native library beside it.
            var value = Checksums.Base64(name, parts[i]);
            var answer = await minio.Client.UploadPartAsync(With(
                new UploadPartRequest { BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartNumber = i + 1, InputStream = new MemoryStream(parts[i]) }, name, value));
            Assert.Equal(value, Of(answer, name));
            uploaded.Add(With(new PartETag(i + 1, answer.ETag), name, value));
        }

        var wrong = new CompleteMultipartUploadRequest { BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartETags = [uploaded[0], With(new PartETag(2, uploaded[1].ETag), name, Checksums.Base64(name, "other"u8))] };
        Assert.Equal("InvalidPart", (await Assert.ThrowsAnyAsync<AmazonS3Exception>(() => minio.Client.CompleteMultipartUploadAsync(wrong))).ErrorCode);

        await minio.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = _bucket, Key = "m", UploadId = begun.UploadId, PartETags = uploaded, ChecksumType = ChecksumType.FindValue(type) });
        var head = await _s3.SendAsync("HEAD", $"/{_bucket}/m", headers: ("x-amz-checksum-mode", "ENABLED"));
        var expected = type == "COMPOSITE"
            ? Checksums.Base64(name, parts.SelectMany(part => Convert.FromBase64String(Checksums.Base64(name, part))).ToArray()) + "-2"
            : Checksums.Base64(name, parts.SelectMany(part => part).ToArray());
        Assert.Contains($"x-amz-checksum-{name.ToLowerInvariant()}: {expected}\r\n", head.Head + "\r\n", StringComparison.OrdinalIgnoreCase);
        Assert.Contains($"x-amz-checksum-type: {type}\r\n", head.Head + "\r\n", StringComparison.OrdinalIgnoreCase);
    }

    private static string? Of(UploadPartResponse answer, string name) => name switch
    {
        "CRC32" => answer.ChecksumCRC32,
        "CRC32C" => answer.ChecksumCRC32C,
        "CRC64NVME" => answer.ChecksumCRC64NVME,
        "SHA1" => answer.ChecksumSHA1,
        _ => answer.ChecksumSHA256,
    };

    private static UploadPartRequest With(UploadPartRequest part, string name, string value)
    {
        switch (name)
        {
            case "CRC32": part.ChecksumCRC32 = value; break;
            case "CRC32C": part.ChecksumCRC32C = value; break;
            case "CRC64NVME": part.ChecksumCRC64NVME = value; break;
            case "SHA1": part.ChecksumSHA1 = value; break;
            default: part.ChecksumSHA256 = value; break;
        }

        return part;
    }

    private static PartETag With(PartETag part, string name, string value)
    {
        switch (name)
        {
            case "CRC32": part.ChecksumCRC32 = value; break;
            case "CRC32C": part.ChecksumCRC32C = value; break;
            case "CRC64NVME": part.ChecksumCRC64NVME = value; break;
            case "SHA1": part.ChecksumSHA1 = value; break;
            default: part.ChecksumSHA256 = value; break;
        }

        return part;
    }
}
