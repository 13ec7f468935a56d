using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>SIGKILL of the real process: what was acknowledged is there, what was not is there whole or not at all.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-crash-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_put_that_is_killed_leaves_the_old_object_or_none()
    {
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", "/crash")).Status);
            Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", "/crash/old", "old"u8.ToArray())).Status);
            using var first = await BeginPutAsync(s3, store, "/crash/old");
            using var second = await BeginPutAsync(s3, store, "/crash/new");
            while (Temporary().Count(file => file.Length > 0) < 2)
                await Task.Delay(5);
            await store.KillAsync();
        }
        Assert.Equal(2, Temporary().Length);

        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            Assert.Equal("old", (await s3.SendAsync("GET", "/crash/old")).Text);
            Assert.Equal("NoSuchKey", (await s3.SendAsync("GET", "/crash/new")).Code);
            Assert.Empty(Temporary());
        }
    }

    [Fact]
    public async Task What_was_acknowledged_survives_and_nothing_is_torn()
    {
        const int Keys = 6;
        var acknowledged = new ConcurrentDictionary<int, int>();
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            await s3.SendAsync("PUT", "/crash");
            var writers = Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
            {
                try
                {
                    for (var version = 1; ; version++)
                    {
                        if ((await s3.SendAsync("PUT", $"/crash/{key}", Content(key, version))).Status == HttpStatusCode.OK)
                            acknowledged[key] = version;
                    }
                }
                catch (Exception e) when (e is IOException or SocketException or ArgumentOutOfRangeException)
                {
                    // The store is gone; ArgumentOutOfRange: an answer without an end.
                }
            })).ToArray();
            while (acknowledged.Values.Sum() < 60)
                await Task.Delay(1);
            await store.KillAsync();
            await Task.WhenAll(writers);
        }

        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            foreach (var (key, version) in acknowledged)
            {
                var got = await s3.SendAsync("GET", $"/crash/{key}");
                // The write after the last acknowledged one may have happened.
                Assert.True(got.Body.AsSpan().SequenceEqual(Content(key, version)) || got.Body.AsSpan().SequenceEqual(Content(key, version + 1)),
                    $"The object {key} is neither version {version} nor {version + 1}.");
            }
            Assert.Equal(Keys, Directory.EnumerateFiles(Path.Combine(_directory, "buckets", "crash", "objects")).Count());
        }
    }

    [Fact]
    public async Task An_open_multipart_upload_survives()
    {
        string id;
        string etag;
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            await s3.SendAsync("PUT", "/crash");
            id = Element((await s3.SendAsync("POST", "/crash/m?uploads=", headers: ("x-amz-meta-kept", "yes"))).Text, "UploadId");
            var part = await s3.SendAsync("PUT", $"/crash/m?partNumber=3&uploadId={id}", "part"u8.ToArray());
            etag = part.Head.Split("ETag: ")[1].Split('\r')[0];
            await store.KillAsync();
        }
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            Assert.Contains($"<UploadId>{id}</UploadId>", (await s3.SendAsync("GET", "/crash?uploads=")).Text);
            var complete = Encoding.UTF8.GetBytes($"<CompleteMultipartUpload><Part><PartNumber>3</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>");
            Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("POST", $"/crash/m?uploadId={id}", complete)).Status);
            await store.KillAsync();
        }
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var got = await store.Client.SendAsync("GET", "/crash/m");
            Assert.Equal("part", got.Text);
            Assert.Contains("x-amz-meta-kept: yes", got.Head);
        }
    }

    private static byte[] Content(int key, int version)
    {
        // From inside one buffer to several, and every byte tells the version.
        var content = new byte[1000 + (version * 37_003 % 700_000)];
        Array.Fill(content, (byte)((key * 31) + version));
        return content;
    }

    private static string Element(string xml, string name) => xml.Split($"<{name}>")[1].Split('<')[0];

    private static async Task<TcpClient> BeginPutAsync(RawS3 s3, StoreProcess store, string target)
    {
        var content = new byte[2_000_000];
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(store.Endpoint).Port);
        await client.GetStream().WriteAsync(s3.Head("PUT", target, content));
        await client.GetStream().WriteAsync(content.AsMemory(0, 1_500_000));
        return client;
    }

    private FileInfo[] Temporary() => new DirectoryInfo(Path.Combine(_directory, "tmp")).GetFiles();
}
