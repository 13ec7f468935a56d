using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Floe.Tests.Aspire.Surface;

/// <summary>A small JSON-RPC peer, written against the wire format and not against the server's code.</summary>
internal sealed class JsonRpcClient : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private int _lastId;

    private JsonRpcClient(NetworkStream stream) => _stream = stream;

    public static async Task<JsonRpcClient> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return new JsonRpcClient(new NetworkStream(socket, ownsSocket: true));
    }

    /// <summary>The result; an error answer is thrown with its code.</summary>
    public async Task<JsonElement> CallAsync(string method, params object?[] parameters)
    {
        var answer = await SendAsync(method, parameters);
        return answer.TryGetProperty("error", out var error)
            ? throw new JsonRpcError(error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!)
            : answer.GetProperty("result");
    }

    public async Task<JsonElement> SendAsync(string method, params object?[] parameters)
    {
        var id = ++_lastId;
        await WriteAsync(JsonSerializer.Serialize(new { jsonrpc = "2.0", id, method, @params = parameters }));
        var answer = await ReadAsync();
        Assert.Equal(id, answer.GetProperty("id").GetInt32());
        return answer;
    }

    /// <summary>Pulls a sequence until it ends or enough items came; then gives it up.</summary>
    public async Task<List<JsonElement>> PullAsync(JsonElement stream, int enough = int.MaxValue)
    {
        var token = stream.GetProperty("token");
        List<JsonElement> items = [];
        while (items.Count < enough)
        {
            var batch = await CallAsync("$/enumerator/next", token);
            items.AddRange(batch.GetProperty("values").EnumerateArray());
            if (batch.GetProperty("finished").GetBoolean())
            {
                return items;
            }
        }

        await CallAsync("$/enumerator/abort", token);
        return items;
    }

    public async Task WriteAsync(string json)
    {
        var body = Encoding.UTF8.GetBytes(json);
        await _stream.WriteAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n")));
        await _stream.WriteAsync(body);
    }

    public async Task<JsonElement> ReadAsync()
    {
        var header = new StringBuilder();
        var one = new byte[1];
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await _stream.ReadExactlyAsync(one);
            header.Append((char)one[0]);
        }

        var length = int.Parse(header.ToString().Split("Content-Length:")[1].Split('\r')[0], CultureInfo.InvariantCulture);
        var body = new byte[length];
        await _stream.ReadExactlyAsync(body);
        return JsonDocument.Parse(body).RootElement;
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}

internal sealed class JsonRpcError(int code, string message) : Exception(message)
{
    public int Code => code;
}
