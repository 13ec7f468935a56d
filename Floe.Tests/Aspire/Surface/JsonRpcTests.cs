using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.Cli.JsonRpc;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.Aspire.Surface;

public sealed class JsonRpcTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-rpc-").FullName;
    private readonly TaskCompletionSource _streamStopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _waitStarted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private JsonRpcSocketServer _server = null!;

    private sealed record Greeting(string? Name);

    public Task InitializeAsync()
    {
        var methods = new JsonRpcMethods(new JsonSerializerOptions(JsonSerializerDefaults.Web))
            .Add<Greeting, Greeting>("Greet", (request, _) => Task.FromResult(new Greeting($"hello {request?.Name ?? "nobody"}")))
            .Add<string>("Fail", _ => throw new InvalidOperationException("it broke"))
            .Add<string>("Wait", async stop =>
            {
                _waitStarted.SetResult();
                await Task.Delay(Timeout.Infinite, stop);
                return "never";
            })
            .AddStream("Count", _ => CountAsync())
            .AddStream("Endless", EndlessAsync)
            .AddStream("Broken", _ => BrokenAsync());
        _server = JsonRpcSocketServer.Start(Path.Combine(_folder, "s"), methods, NullLogger.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        Assert.False(File.Exists(_server.Path));
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_call_reads_its_request_object_or_none()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        Assert.Equal("hello floe", (await client.CallAsync("Greet", new { name = "floe" })).GetProperty("name").GetString());
        Assert.Equal("hello nobody", (await client.CallAsync("Greet")).GetProperty("name").GetString());
        Assert.Equal("hello nobody", (await client.CallAsync("Greet", [null])).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Errors_are_told_apart()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        Assert.Equal(-32601, (await Assert.ThrowsAsync<JsonRpcError>(() => client.CallAsync("Nothing"))).Code);
        var failed = await Assert.ThrowsAsync<JsonRpcError>(() => client.CallAsync("Fail"));
        Assert.Equal((-32000, "it broke"), (failed.Code, failed.Message));
        await client.WriteAsync("no json");
        Assert.Equal(-32700, (await client.ReadAsync()).GetProperty("error").GetProperty("code").GetInt32());
        Assert.Equal("hello still here", (await client.CallAsync("Greet", new { name = "still here" })).GetProperty("name").GetString());
    }

    [Fact]
    public async Task A_notification_gets_no_answer()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        await client.WriteAsync("""{"jsonrpc":"2.0","method":"Greet","params":[]}""");
        await client.WriteAsync("""{"jsonrpc":"2.0","method":"Nothing","params":[]}""");
        var answer = await client.SendAsync("Greet", new { name = "x" });
        Assert.Equal(1, answer.GetProperty("id").GetInt32());
    }

    [Fact]
    public async Task A_sequence_is_pulled_to_its_end_and_its_error_reaches_the_client()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        var items = await client.PullAsync(await client.CallAsync("Count"));
        Assert.Equal(Enumerable.Range(0, 1000), items.Select(i => i.GetInt32()));
        var error = await Assert.ThrowsAsync<JsonRpcError>(async () => await client.PullAsync(await client.CallAsync("Broken")));
        Assert.Equal("broken in the middle", error.Message);
    }

    [Fact]
    public async Task A_sequence_that_is_given_up_stops_its_source()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        Assert.NotEmpty(await client.PullAsync(await client.CallAsync("Endless"), enough: 1));
        await _streamStopped.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_client_that_goes_away_stops_its_sequences()
    {
        await using (var client = await JsonRpcClient.ConnectAsync(_server.Path))
        {
            await client.CallAsync("Endless");
        }

        await _streamStopped.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_call_can_be_cancelled_while_others_are_answered()
    {
        await using var client = await JsonRpcClient.ConnectAsync(_server.Path);
        await client.WriteAsync("""{"jsonrpc":"2.0","id":"w","method":"Wait","params":[]}""");
        await _waitStarted.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("hello x", (await client.CallAsync("Greet", new { name = "x" })).GetProperty("name").GetString());
        await client.WriteAsync("""{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"w"}}""");
        var answer = await client.ReadAsync();
        Assert.Equal("w", answer.GetProperty("id").GetString());
        Assert.Equal(-32800, answer.GetProperty("error").GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task A_peer_that_does_not_frame_its_messages_is_disconnected_alone()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_server.Path));
        await socket.SendAsync(Encoding.ASCII.GetBytes("Content-Length: -3\r\n\r\n"));
        Assert.Equal(0, await socket.ReceiveAsync(new byte[16]));

        await using var other = await JsonRpcClient.ConnectAsync(_server.Path);
        Assert.Equal("hello x", (await other.CallAsync("Greet", new { name = "x" })).GetProperty("name").GetString());
    }

    [Fact]
    public void A_path_that_no_socket_can_have_is_refused_with_its_length()
    {
        var path = Path.Combine(_folder, new string('x', 120));
        var error = Assert.Throws<DistributedApplicationException>(() => JsonRpcSocketServer.Start(path, new JsonRpcMethods(new JsonSerializerOptions()), NullLogger.Instance));
        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("shorter home directory", error.Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<int> CountAsync()
    {
        for (var i = 0; i < 1000; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private async IAsyncEnumerable<int> EndlessAsync([EnumeratorCancellation] CancellationToken stop)
    {
        try
        {
            for (var i = 0; ; i++)
            {
                yield return i;
                await Task.Delay(1, stop);
            }
        }
        finally
        {
            _streamStopped.TrySetResult();
        }
    }

    private static async IAsyncEnumerable<int> BrokenAsync()
    {
        yield return 1;
        await Task.Yield();
        throw new InvalidOperationException("broken in the middle");
    }
}
