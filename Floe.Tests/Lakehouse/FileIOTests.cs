using System.Security.Cryptography;
using Floe.Lakehouse.Storage;
using Floe.Tests.Minio;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>The same behaviour of both stores.</summary>
public abstract class FileIOTests
{
    protected abstract IFileIO IO { get; }

    protected abstract string Root { get; }

    /// <summary>How often a race is run: a file system is quick, a store takes a request for each writer.</summary>
    protected abstract int Rounds { get; }

    [Fact]
    public async Task What_was_written_is_read()
    {
        var location = $"{Root}/a b/ü+%20=1/x.avro";
        await IO.WriteAsync(location, "content"u8.ToArray(), default);

        Assert.Equal("content"u8.ToArray(), await IO.ReadAsync(location, default));
        Assert.True(await IO.ExistsAsync(location, default));
        Assert.False(await IO.ExistsAsync(location + "x", default));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(40 * 1024 * 1024 + 17)]
    public async Task Files_of_any_size_go_up_and_down(int bytes)
    {
        var content = new byte[bytes];
        new Random(1).NextBytes(content);
        using var temp = new TempFolder();
        await File.WriteAllBytesAsync(temp["up"], content);

        await IO.UploadAsync(temp["up"], $"{Root}/big", default);
        await IO.DownloadAsync($"{Root}/big", temp["down"], default);

        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(temp["down"])));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20 * 1024 * 1024)]
    public async Task A_file_is_never_replaced_and_the_same_content_counts_as_written(int bytes)
    {
        using var temp = new TempFolder();
        var content = new byte[bytes];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(temp["first"], content);
        content[bytes / 2] ^= 1;
        await File.WriteAllBytesAsync(temp["other"], content);
        var location = $"{Root}/once/{bytes}";

        await IO.UploadAsync(temp["first"], location, default);
        await IO.UploadAsync(temp["first"], location, default);
        var e = await Assert.ThrowsAsync<FileExistsException>(() => IO.UploadAsync(temp["other"], location, default));
        await Assert.ThrowsAsync<FileExistsException>(() => IO.WriteAsync(location, "shorter"u8.ToArray(), default));

        Assert.Equal(location, e.Location);
        Assert.Equal(await File.ReadAllBytesAsync(temp["first"]), await IO.ReadAsync(location, default));
        Assert.Single(await ListAsync($"{Root}/once"));
    }

    [Fact]
    public async Task Of_many_who_write_a_file_at_once_one_wins()
    {
        // Many rounds: a rule that is only looked up before the write is broken in few of them.
        for (var round = 0; round < Rounds; round++)
        {
            var location = $"{Root}/race-{round}";
            using var start = new Barrier(8);

            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(() => TryWriteAsync(location, (byte)i, start), TaskCreationOptions.LongRunning).Unwrap()));

            var winner = Assert.Single(outcomes, i => i >= 0);
            Assert.Equal([(byte)winner], await IO.ReadAsync(location, default));
        }
    }

    private async Task<int> TryWriteAsync(string location, byte content, Barrier start)
    {
        start.SignalAndWait();
        try
        {
            await IO.WriteAsync(location, new[] { content }, default);
            return content;
        }
        catch (FileExistsException)
        {
            return -1;
        }
    }

    [Fact]
    public async Task A_local_file_that_is_in_the_way_of_a_download_stays()
    {
        using var temp = new TempFolder();
        await IO.WriteAsync($"{Root}/x", "new"u8.ToArray(), default);
        await File.WriteAllTextAsync(temp["there"], "old");

        await Assert.ThrowsAsync<StorageException>(() => IO.DownloadAsync($"{Root}/x", temp["there"], default));

        Assert.Equal("old", await File.ReadAllTextAsync(temp["there"]));
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_not_told_of_the_store()
    {
        using var giveUp = new CancellationTokenSource();
        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IO.WriteAsync($"{Root}/never", new byte[1], giveUp.Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => IO.ReadAsync($"{Root}/never", giveUp.Token));
    }

    [Fact]
    public async Task A_missing_file_is_a_typed_error_that_names_it()
    {
        var location = $"{Root}/missing";
        using var temp = new TempFolder();

        Assert.Equal(location, (await Assert.ThrowsAsync<FileMissingException>(() => IO.ReadAsync(location, default))).Location);
        await Assert.ThrowsAsync<FileMissingException>(() => IO.DownloadAsync(location, temp["x"], default));
        Assert.False(File.Exists(temp["x"]));
    }

    [Fact]
    public async Task Deleting_removes_and_what_is_gone_already_is_no_error()
    {
        string[] locations = [$"{Root}/d/1", $"{Root}/d/2"];
        foreach (var location in locations)
            await IO.WriteAsync(location, new byte[3], default);

        await IO.DeleteAsync([.. locations, $"{Root}/d/3", locations[0]], default);
        await IO.DeleteAsync(locations, default);
        await IO.DeleteAsync([], default);

        Assert.Empty(await ListAsync($"{Root}/d"));
    }

    [Fact]
    public async Task Listing_gives_what_lies_below_and_nothing_beside()
    {
        await IO.WriteAsync($"{Root}/l/t/1", new byte[1], default);
        await IO.WriteAsync($"{Root}/l/t/x/2", new byte[2], default);
        await IO.WriteAsync($"{Root}/l/table2/3", new byte[3], default);

        var files = await ListAsync($"{Root}/l/t");

        Assert.Equal([($"{Root}/l/t/1", 1L), ($"{Root}/l/t/x/2", 2L)], files.Select(f => (f.Location, f.Size)).Order());
        Assert.All(files, f => Assert.InRange(f.LastModified, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5)));
    }

    private async Task<List<StoredFile>> ListAsync(string prefix)
    {
        var files = new List<StoredFile>();
        await foreach (var file in IO.ListAsync(prefix, default))
            files.Add(file);
        return files;
    }

    protected sealed class TempFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("floe-io-").FullName;

        public string this[string name] => System.IO.Path.Combine(Path, name);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}

public sealed class LocalFileIOTests : FileIOTests, IDisposable
{
    private readonly TempFolder folder = new();

    protected override IFileIO IO { get; } = new LocalFileIO();

    protected override string Root => $"file://{folder.Path}/root";

    protected override int Rounds => 300;

    public void Dispose() => folder.Dispose();
}

public sealed class S3FileIOTests(MinioFixture minio) : FileIOTests, IClassFixture<MinioFixture>, IAsyncLifetime
{
    private S3FileIO? io;
    private string bucket = "";

    protected override IFileIO IO => io!;

    protected override string Root => $"s3://{bucket}/root";

    protected override int Rounds => 5;

    [Fact]
    public async Task A_wrong_secret_and_a_missing_bucket_are_typed_errors_without_the_secret()
    {
        using var wrong = new S3FileIO(new Uri(minio.Endpoint), minio.AccessKey, "wrong-secret-text", minio.Region);

        var e = await Assert.ThrowsAsync<StorageException>(() => wrong.WriteAsync($"{Root}/x", new byte[1], default));
        Assert.Contains("403", e.Message);
        Assert.DoesNotContain("wrong-secret-text", e.ToString());
        await Assert.ThrowsAsync<FileMissingException>(() => IO.WriteAsync("s3://no-such-bucket-here/x", new byte[1], default));
        await Assert.ThrowsAsync<StorageException>(() => IO.ReadAsync("s3:/x", default));
    }

    [Fact]
    public async Task An_unreachable_store_is_a_typed_error()
    {
        using var gone = new S3FileIO(new Uri("http://127.0.0.1:1"), "a", "b", "us-east-1");

        var e = await Assert.ThrowsAsync<StorageException>(() => gone.ReadAsync("s3://b/k", default));

        Assert.Contains("s3://b/k", e.Message);
    }

    public async Task InitializeAsync()
    {
        bucket = await minio.NewBucketAsync();
        io = new S3FileIO(new Uri(minio.Endpoint), minio.AccessKey, minio.SecretKey, minio.Region);
    }

    public Task DisposeAsync()
    {
        io?.Dispose();
        return Task.CompletedTask;
    }
}
