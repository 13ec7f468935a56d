using Amazon.S3.Model;
using Floe.Emulators.Minio;
using Floe.ServiceDefaults.Configuration;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>A data directory that cannot be used ends in one sentence; one that can is found again as it was.</summary>
public sealed class DataDirectoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-data-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Everything_is_there_after_a_restart()
    {
        await using (var app = await MinioServer.CreateAsync(Options()))
        {
            await app.StartAsync();
            using var s3 = MinioFixture.ClientFor(app.Urls.Single(), "floe", "floe-secret");
            await s3.PutBucketAsync("kept");
            for (var i = 0; i < 100; i++)
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = $"k/{i:000}", ContentBody = $"{i}", ContentType = "text/plain", Metadata = { ["i"] = $"{i}" } });
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = "k/007", ContentBody = "replaced" });
            await s3.DeleteObjectAsync("kept", "k/008");
            await app.StopAsync();
        }
        await using (var app = await MinioServer.CreateAsync(Options()))
        {
            await app.StartAsync();
            using var s3 = MinioFixture.ClientFor(app.Urls.Single(), "floe", "floe-secret");
            var listed = await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "kept" });
            Assert.Equal(Enumerable.Range(0, 100).Where(i => i != 8).Select(i => $"k/{i:000}"), listed.S3Objects.Select(o => o.Key));
            using var got = await s3.GetObjectAsync("kept", "k/042");
            Assert.Equal(("42", "text/plain", "42"), (await new StreamReader(got.ResponseStream).ReadToEndAsync(), got.Headers.ContentType, got.Metadata["i"]));
            using var replaced = await s3.GetObjectAsync("kept", "k/007");
            Assert.Equal("replaced", await new StreamReader(replaced.ResponseStream).ReadToEndAsync());
        }
    }

    [Fact]
    public async Task A_second_store_is_refused_until_the_first_has_ended()
    {
        var first = await MinioServer.CreateAsync(Options());
        var busy = await Assert.ThrowsAsync<DataDirectoryException>(() => MinioServer.CreateAsync(Options(TimeSpan.Zero)));
        Assert.Contains(_directory, busy.Message);
        Assert.Contains("used by another process", busy.Message);

        var second = MinioServer.CreateAsync(Options(TimeSpan.FromMinutes(2)));
        Assert.False(second.IsCompleted);
        await first.DisposeAsync();
        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task What_a_crash_can_leave_is_cleared_away()
    {
        string[] Objects() => [.. Directory.EnumerateFiles(Path.Combine(_directory, "buckets", "kept", "objects")).Order(StringComparer.Ordinal)];
        var multipart = Path.Combine(_directory, "buckets", "kept", "multipart");
        await using (var app = await MinioServer.CreateAsync(Options()))
        {
            await app.StartAsync();
            using var s3 = MinioFixture.ClientFor(app.Urls.Single(), "floe", "floe-secret");
            await s3.PutBucketAsync("kept");
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = "x", ContentBody = "old" });
            var (oldPath, oldFile) = (Objects().Single(), File.ReadAllBytes(Objects().Single()));
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = "x", ContentBody = "new" });
            await app.StopAsync();
            // Killed between the new version's commit and the old one's removal; while receiving; and while an upload was being aborted.
            File.WriteAllBytes(oldPath, oldFile);
            File.WriteAllText(Path.Combine(_directory, "tmp", "half"), "half");
            Directory.CreateDirectory(Path.Combine(multipart, "aborted"));
            File.WriteAllText(Path.Combine(multipart, "aborted", "00001.0000000000000001"), "part");
        }
        Assert.Equal(2, Objects().Length);
        await using (var app = await MinioServer.CreateAsync(Options()))
        {
            await app.StartAsync();
            using var s3 = MinioFixture.ClientFor(app.Urls.Single(), "floe", "floe-secret");
            using var got = await s3.GetObjectAsync("kept", "x");
            Assert.Equal("new", await new StreamReader(got.ResponseStream).ReadToEndAsync());
            Assert.Single(Objects());
            Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_directory, "tmp")));
            Assert.Empty(Directory.EnumerateFileSystemEntries(multipart));
        }
    }

    [Fact]
    public async Task A_damaged_object_is_named()
    {
        await using (var app = await MinioServer.CreateAsync(Options()))
        {
            await app.StartAsync();
            using var s3 = MinioFixture.ClientFor(app.Urls.Single(), "floe", "floe-secret");
            await s3.PutBucketAsync("kept");
            await s3.PutObjectAsync(new PutObjectRequest { BucketName = "kept", Key = "x", ContentBody = "content" });
        }
        var file = Directory.EnumerateFiles(Path.Combine(_directory, "buckets", "kept", "objects")).Single();
        var whole = File.ReadAllBytes(file);
        foreach (var damaged in new[] { whole[..^1], whole[1..], [], [.. whole[..^30], 0, .. whole[^29..]] })
        {
            File.WriteAllBytes(file, damaged);
            var error = await Assert.ThrowsAsync<DataDirectoryException>(() => MinioServer.CreateAsync(Options()));
            Assert.Contains(file, error.Message);
            Assert.Contains("damaged", error.Message);
        }
        File.WriteAllBytes(file, whole);
        await (await MinioServer.CreateAsync(Options())).DisposeAsync();
    }

    [Fact]
    public async Task A_folder_with_other_files_is_left_alone()
    {
        File.WriteAllText(Path.Combine(_directory, "precious.txt"), "mine");
        var (exitCode, error) = await StoreProcess.RunToEndAsync(_directory);
        Assert.Equal(MinioCommand.DataDirectoryError, exitCode);
        Assert.Contains("precious.txt", error);
        Assert.DoesNotContain('\n', error);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(_directory, "precious.txt")));
    }

    [Fact]
    public async Task A_lock_that_may_not_be_written_is_not_called_in_use()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "lock"));
        var error = await Assert.ThrowsAsync<DataDirectoryException>(() => MinioServer.CreateAsync(Options()));
        Assert.Contains("cannot be written", error.Message);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        var error = await Assert.ThrowsAsync<DataDirectoryException>(() => MinioServer.CreateAsync(Options(directory: Path.Combine(file, "data"))));
        Assert.Contains("cannot be written", error.Message);
    }

    [Fact]
    public async Task A_short_secret_is_refused_and_not_shown()
    {
        var (exitCode, error) = await StoreProcess.RunToEndAsync(_directory, secretKey: "sshort7");
        Assert.Equal(78, exitCode);
        Assert.StartsWith("MINIO_ROOT_PASSWORD has 7 characters", error);
        Assert.DoesNotContain("sshort7", error);
        Assert.DoesNotContain('\n', error);
        await Assert.ThrowsAsync<ConfigurationException>(() => MinioServer.CreateAsync(new MinioOptions { DataDirectory = _directory, AccessKey = "ab", SecretKey = "long enough" }));
    }

    [Fact]
    public async Task An_unknown_option_and_a_busy_port_are_named()
    {
        var (exitCode, error) = await StoreProcess.RunToEndAsync(_directory, arguments: ["--prot", "1"]);
        Assert.Equal(64, exitCode);
        Assert.Contains("'--prot'", error);

        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        (exitCode, error) = await StoreProcess.RunToEndAsync(_directory, arguments: ["--port", port]);
        Assert.NotEqual(0, exitCode);
        Assert.Contains(port, error);
        Assert.DoesNotContain('\n', error);
    }

    private MinioOptions Options(TimeSpan? patience = null, string? directory = null) => new()
    {
        DataDirectory = directory ?? _directory,
        AccessKey = "floe",
        SecretKey = "floe-secret",
        LockPatience = patience ?? TimeSpan.Zero,
    };
}
