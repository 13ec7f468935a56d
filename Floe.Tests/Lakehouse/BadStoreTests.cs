using System.Net;
using System.Net.Sockets;
using System.Text;
using Floe.Lakehouse.Storage;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>A store that is slow, cut off or breaks off: a server on a bare socket that misbehaves as told.</summary>
public sealed class BadStoreTests : IAsyncDisposable
{
    // For a store that answers nothing; one that answers has a minute, which a busy machine does not take.
    private static readonly TimeSpan s_impatience = TimeSpan.FromMilliseconds(400);
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly string folder = Directory.CreateTempSubdirectory("floe-bad-store-").FullName;
    private readonly S3FileIO io;
    private readonly S3FileIO impatient;
    private Func<NetworkStream, Task> behave = static _ => Task.CompletedTask;
    private int requests;

    public BadStoreTests()
    {
        listener.Start();
        io = Open();
        impatient = Open(s_impatience);
        _ = ServeAsync();
    }

    public static TheoryData<string> Calls => ["read", "download", "write", "upload", "exists", "delete", "list"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_store_that_never_answers_is_a_typed_error_after_a_while(string call)
    {
        behave = _ => Task.Delay(Timeout.Infinite, stop.Token);

        var e = await Assert.ThrowsAsync<StoreTimeoutException>(() => CallAsync(call, impatient));

        Assert.Contains("s3://bucket/", e.Message);
        Assert.Contains("0.4 seconds", e.Message);
        Assert.DoesNotContain("secret-of-the-test", e.ToString());
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_store_that_answers_errors_is_a_typed_error_that_says_which(string call)
    {
        behave = stream => AnswerAsync(stream, "403 Forbidden", "<Error><Code>AccessDenied</Code><Message>not you</Message></Error>");
        if (call == "exists")
            behave = stream => AnswerAsync(stream, "403 Forbidden", "");

        var e = await Assert.ThrowsAsync<StorageException>(() => CallAsync(call));

        Assert.Contains("s3://bucket/", e.Message);
        Assert.Contains("403", e.Message);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("download")]
    public async Task A_download_that_stands_still_is_a_typed_error(string call)
    {
        behave = async stream =>
        {
            await HeadAsync(stream, "200 OK", 1000);
            await stream.WriteAsync(new byte[500], stop.Token);
            await Task.Delay(Timeout.Infinite, stop.Token);
        };

        await Assert.ThrowsAsync<StoreTimeoutException>(() => CallAsync(call, impatient));

        Assert.Empty(Directory.EnumerateFiles(folder, "down*"));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("download")]
    public async Task A_download_that_breaks_off_is_noticed(string call)
    {
        behave = async stream =>
        {
            await HeadAsync(stream, "200 OK", 1000);
            await stream.WriteAsync(new byte[500], stop.Token);
        };

        var e = await Assert.ThrowsAsync<StorageException>(() => CallAsync(call));

        Assert.Contains("s3://bucket/file", e.Message);
        Assert.Empty(Directory.EnumerateFiles(folder, "down*"));
    }

    [Fact]
    public async Task A_slow_download_that_moves_on_is_waited_for()
    {
        // Longer in all than the store may stand still, and each time much shorter.
        behave = async stream =>
        {
            await HeadAsync(stream, "200 OK", 30);
            for (var i = 0; i < 30; i++)
            {
                await Task.Delay(200, stop.Token);
                await stream.WriteAsync(new[] { (byte)i }, stop.Token);
            }
        };

        using var patient = Open(TimeSpan.FromSeconds(5));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (byte)i), await patient.ReadAsync("s3://bucket/file", default));
    }

    [Fact]
    public async Task A_store_that_is_briefly_overloaded_is_asked_again()
    {
        behave = stream => Interlocked.Increment(ref requests) < 3
            ? AnswerAsync(stream, "503 Service Unavailable", "<Error><Code>SlowDown</Code></Error>")
            : AnswerAsync(stream, "200 OK", "whole");

        Assert.Equal("whole"u8.ToArray(), await io.ReadAsync("s3://bucket/file", default));
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Dispose();
        io.Dispose();
        impatient.Dispose();
        stop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private S3FileIO Open(TimeSpan? patience = null) => new(new Uri($"http://{listener.LocalEndpoint}"), "key", "secret-of-the-test", "us-east-1", patience);

    private Task CallAsync(string call) => CallAsync(call, io);

    private async Task CallAsync(string call, S3FileIO io)
    {
        const string Location = "s3://bucket/file";
        var up = Path.Combine(folder, "up");
        await File.WriteAllBytesAsync(up, new byte[100]);
        switch (call)
        {
            case "read": await io.ReadAsync(Location, default); break;
            case "download": await io.DownloadAsync(Location, Path.Combine(folder, "down"), default); break;
            case "write": await io.WriteAsync(Location, new byte[10], default); break;
            case "upload": await io.UploadAsync(up, Location, default); break;
            case "exists": await io.ExistsAsync(Location, default); break;
            case "delete": await io.DeleteAsync([Location], default); break;
            default:
                await foreach (var _ in io.ListAsync(Location, default))
                {
                }

                break;
        }
    }

    private async Task ServeAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync(stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                // The head of the request; its body stays unread, which the client does not mind for so few bytes.
                var stream = client.GetStream();
                var head = new StringBuilder();
                var buffer = new byte[4096];
                while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
                {
                    var read = await stream.ReadAsync(buffer, stop.Token);
                    if (read == 0)
                        return;
                    head.Append(Encoding.ASCII.GetString(buffer, 0, read));
                }

                await behave(stream);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream, string status, string body)
    {
        await HeadAsync(stream, status, Encoding.UTF8.GetByteCount(body));
        await stream.WriteAsync(Encoding.UTF8.GetBytes(body), stop.Token);
    }

    private async Task HeadAsync(NetworkStream stream, string status, int length) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n"), stop.Token);
}
