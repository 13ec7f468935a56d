using System.Security.Cryptography;
using Amazon.S3.Model;

namespace Floe.Tests.Minio;

/// <summary>An object of any size goes through the store in the same memory.</summary>
public sealed class MemoryTests : IDisposable
{
    private const long Limit = 150L * 1024 * 1024;
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-memory-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public Task An_object_larger_than_the_memory_allowed() => ThereAndBackAsync(160L * 1024 * 1024);

    [SkippableFact]
    [Trait("Category", "Long")]
    public Task Two_gigabytes() => ThereAndBackAsync(2L * 1024 * 1024 * 1024);

    [SkippableFact]
    public async Task Many_objects_at_once()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "SKIPPED: the peak of another process's memory is read from /proc, which only Linux has.");
        const long Size = 12L * 1024 * 1024;
        await using var store = await StoreProcess.StartAsync(_directory);
        using var s3 = MinioFixture.ClientFor(store.Endpoint, StoreProcess.AccessKey, StoreProcess.SecretKey);
        await s3.PutBucketAsync("big");
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "big", Key = $"{i}", InputStream = new Pattern(Size), UseChunkEncoding = i % 2 == 0 });
            using var got = await s3.GetObjectAsync("big", $"{i}");
            await got.ResponseStream.CopyToAsync(Stream.Null);
        })));
        Assert.True(store.PeakMemory < Limit, $"The store's memory has peaked at {store.PeakMemory / 1024 / 1024} MB with 16 objects of {Size / 1024 / 1024} MB at once.");
    }

    private async Task ThereAndBackAsync(long size)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "SKIPPED: the peak of another process's memory is read from /proc, which only Linux has.");
        await using var store = await StoreProcess.StartAsync(_directory);
        using var s3 = MinioFixture.ClientFor(store.Endpoint, StoreProcess.AccessKey, StoreProcess.SecretKey, config => config.Timeout = TimeSpan.FromMinutes(10));
        await s3.PutBucketAsync("big");
        // The SDK's defaults: signed chunks with a trailing checksum, and one plain body.
        foreach (var chunked in (bool[])[true, false])
        {
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "big", Key = "object", InputStream = new Pattern(size), UseChunkEncoding = chunked });
            using var got = await s3.GetObjectAsync("big", "object");
            Assert.Equal(size, got.ContentLength);
            using var expected = new Pattern(size);
            Assert.Equal(await MD5.HashDataAsync(expected), await MD5.HashDataAsync(got.ResponseStream));
        }

        Assert.True(store.PeakMemory < Limit, $"The store's memory has peaked at {store.PeakMemory / 1024 / 1024} MB with an object of {size / 1024 / 1024} MB.");
    }

    /// <summary>Content that needs no memory: each byte follows from its place.</summary>
    private sealed class Pattern(long length) : Stream
    {
        private static readonly byte[] s_period = [.. Enumerable.Range(0, 65_521).Select(i => (byte)(i * 31 ^ (i >> 7)))];

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var start = (int)(Position % s_period.Length);
            var size = (int)Math.Min(Math.Min(count, length - Position), s_period.Length - start);
            s_period.AsSpan(start, size).CopyTo(buffer.AsSpan(offset));
            Position += size;
            return size;
        }

        public override long Seek(long offset, SeekOrigin origin) =>
            Position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => Position + offset, _ => length + offset };

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
