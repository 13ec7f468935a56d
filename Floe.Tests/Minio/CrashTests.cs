using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Floe.Tests.Minio;

/// <summary>SIGKILL of the real process: what was acknowledged is there, what was not is there whole or not at all.</summary>
public sealed class CrashTests : IDisposable
{
    private const int BodySize = 2_000_000;
    private readonly string _directory = Directory.CreateTempSubdirectory("floe-minio-crash-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>Nothing, one byte, within the first block, on its border, in the middle, all but the last byte.</summary>
    private static readonly int[] s_offsets = [0, 1, 100_000, 262_144, 1_500_000, BodySize - 1];

    [Fact]
    public async Task A_put_that_is_killed_at_any_offset_leaves_the_old_object_or_none()
    {
        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", "/crash")).Status);
            List<TcpClient> open = [];
            foreach (var offset in s_offsets)
            {
                Assert.Equal(HttpStatusCode.OK, (await s3.SendAsync("PUT", $"/crash/old{offset}", "old"u8.ToArray())).Status);
                open.Add(await BeginPutAsync(s3, store, $"/crash/old{offset}", offset));
                open.Add(await BeginPutAsync(s3, store, $"/crash/new{offset}", offset));
            }

            // What the store has written of each: whole blocks.
            var expected = s_offsets.SelectMany(offset => new[] { Block(offset), Block(offset) }).Order();
            while (!Temporary().Select(file => file.Length).Order().SequenceEqual(expected))
                await Task.Delay(5);
            await store.KillAsync();
            open.ForEach(client => client.Dispose());
        }

        await using (var store = await StoreProcess.StartAsync(_directory))
        {
            var s3 = store.Client;
            foreach (var offset in s_offsets)
            {
                Assert.Equal("old", (await s3.SendAsync("GET", $"/crash/old{offset}")).Text);
                Assert.Equal("NoSuchKey", (await s3.SendAsync("GET", $"/crash/new{offset}")).Code);
            }

            Assert.Empty(Temporary());
        }

        static long Block(int offset) => offset / (256 * 1024) * 256 * 1024;
    }

    /// <summary>What strace sees of a put: content and directory are forced to disk before the answer leaves.</summary>
    [SkippableFact]
    public async Task A_put_is_on_disk_before_it_is_answered()
    {
        Skip.If(Clients.ClientProgram.Find("strace") is null, "SKIPPED: strace is not installed (apt-get install strace), so nobody looked whether a put is forced to disk.");
        var log = Path.Combine(_directory, "strace");
        var data = Path.Combine(_directory, "store");
        await using (var store = await StoreProcess.StartAsync(data, ["strace", "-f", "-y", "-s", "20", "-e", "trace=fsync,rename,renameat,renameat2,sendto,sendmsg", "-o", log]))
        {
            await store.Client.SendAsync("PUT", "/durable");
            Assert.Equal(HttpStatusCode.OK, (await store.Client.SendAsync("PUT", "/durable/x", "content"u8.ToArray())).Status);
            await store.StopAsync();
        }

        var calls = File.ReadLines(log).ToList();
        var rename = calls.FindLastIndex(call => call.Contains("rename", StringComparison.Ordinal) && call.Contains("/buckets/durable/objects/", StringComparison.Ordinal));
        Assert.True(rename > 0, "No object was renamed into its place.");
        var folder = calls.FindIndex(rename, call => call.Contains("fsync(", StringComparison.Ordinal) && call.Contains("/buckets/durable/objects>", StringComparison.Ordinal));
        var content = calls.FindLastIndex(rename, call => call.Contains("fsync(", StringComparison.Ordinal) && call.Contains("/store/tmp/", StringComparison.Ordinal));
        var answer = calls.FindIndex(rename, call => call.Contains("HTTP/1.1 200", StringComparison.Ordinal));
        Assert.True(content >= 0 && content < rename && rename < folder && folder < answer, $"fsync of the content {content}, rename {rename}, fsync of the folder {folder}, answer {answer}:\n{string.Join('\n', calls.TakeLast(12))}");
    }

    /// <summary>Killed at no particular moment, again and again, while objects come, go and are put together from parts.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task Killed_at_any_moment_nothing_acknowledged_is_lost_and_nothing_is_torn()
    {
        const int Keys = 8;
        const int Rounds = 25;
        var random = new Random(23);
        // Per key: what was acknowledged last, and what was asked since. A version below 0 is a deletion.
        var known = new int[Keys];
        var asked = new int[Keys];
        for (var round = 0; round < Rounds; round++)
        {
            await using var store = await StoreProcess.StartAsync(_directory);
            var s3 = store.Client;
            await s3.SendAsync("PUT", "/crash");
            for (var key = 0; key < Keys; key++)
            {
                var got = await s3.SendAsync("GET", $"/crash/{key}");
                var found = new[] { known[key], asked[key] }.FirstOrDefault(version => version <= 0 ? got.Status == HttpStatusCode.NotFound && got.Code == "NoSuchKey" : got.Status == HttpStatusCode.OK && got.Body.AsSpan().SequenceEqual(Content(key, version)), int.MinValue);
                Assert.True(found != int.MinValue, $"Round {round}: the object {key} is neither version {known[key]} nor {asked[key]} but {got.Status} with {got.Body.Length} bytes.");
                known[key] = asked[key] = found;
            }

            var writers = Enumerable.Range(0, Keys).Select(key => Task.Run(async () =>
            {
                try
                {
                    for (var version = Math.Abs(known[key]) + 1; ; version++)
                    {
                        var kind = version % 5;
                        asked[key] = kind == 4 ? -version : version;
                        var done = kind switch
                        {
                            4 => (await s3.SendAsync("DELETE", $"/crash/{key}")).Status == HttpStatusCode.NoContent,
                            3 => await PutInPartsAsync(s3, $"/crash/{key}", Content(key, version)),
                            _ => (await s3.SendAsync("PUT", $"/crash/{key}", Content(key, version))).Status == HttpStatusCode.OK,
                        };
                        if (done)
                            known[key] = asked[key];
                    }
                }
                catch (Exception e) when (e is IOException or SocketException or ArgumentOutOfRangeException or IndexOutOfRangeException)
                {
                    // The store is gone; the last two: an answer without an end.
                }
            })).ToArray();
            await Task.Delay(random.Next(50, 600));
            await store.KillAsync();
            await Task.WhenAll(writers);
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
            // Of every key, however unfairly the writers take turns.
            while (acknowledged.Count < Keys || acknowledged.Values.Sum() < 60)
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

    private static async Task<bool> PutInPartsAsync(RawS3 s3, string target, byte[] content)
    {
        var id = Element((await s3.SendAsync("POST", $"{target}?uploads=")).Text, "UploadId");
        var part = await s3.SendAsync("PUT", $"{target}?partNumber=1&uploadId={id}", content);
        var etag = part.Head.Split("ETag: ")[1].Split('\r')[0];
        var complete = Encoding.UTF8.GetBytes($"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>");
        return (await s3.SendAsync("POST", $"{target}?uploadId={id}", complete)).Status == HttpStatusCode.OK;
    }

    private static async Task<TcpClient> BeginPutAsync(RawS3 s3, StoreProcess store, string target, int offset)
    {
        var content = new byte[BodySize];
        var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", new Uri(store.Endpoint).Port);
        await client.GetStream().WriteAsync(s3.Head("PUT", target, content));
        await client.GetStream().WriteAsync(content.AsMemory(0, offset));
        return client;
    }

    private FileInfo[] Temporary() => new DirectoryInfo(Path.Combine(_directory, "tmp")).GetFiles();
}
