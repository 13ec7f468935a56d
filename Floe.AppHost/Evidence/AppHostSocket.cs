using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.AppHost.Evidence;

/// <summary>
/// A running AppHost by the socket that the aspire CLI uses (JSON-RPC 2.0 with Content-Length headers, as StreamJsonRpc speaks it). Its file is the
/// user's own, so nobody else gets in, and no secret has to be written down for the next process.
/// </summary>
internal sealed class AppHostSocket : IAsyncDisposable
{
    private const string LengthHeader = "Content-Length:";

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private int _calls;

    private AppHostSocket(Socket socket) => (_socket, _stream) = (socket, new NetworkStream(socket));

    /// <summary>Where AppHosts put their sockets: <c>ID.PID</c>.</summary>
    private static string Folder => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspire", "cli", "bch");

    /// <summary>The AppHost of this project that was started last; null when none runs.</summary>
    /// <param name="appHostPath">Full path of the project file.</param>
    /// <param name="processId">Null: any but this process.</param>
    public static async Task<AppHostSocket?> FindAsync(string appHostPath, int? processId, CancellationToken ct)
    {
        (AppHostSocket Socket, DateTimeOffset StartedAt)? latest = null;
        foreach (var file in Directory.Exists(Folder) ? Directory.GetFiles(Folder) : [])
        {
            if (!int.TryParse(Path.GetExtension(file).AsSpan().TrimStart('.'), CultureInfo.InvariantCulture, out var pid) || (processId is { } wanted ? pid != wanted : pid == Environment.ProcessId))
                continue;
            if (await ConnectAsync(file, ct) is not { } socket)
                continue;
            var info = await socket.CallAsync("GetAppHostInformationAsync", null, ct);
            if ((string?)info?["appHostPath"] == appHostPath && (DateTimeOffset?)info["startedAt"] is { } startedAt && (latest is null || startedAt > latest.Value.StartedAt))
            {
                if (latest is { } older)
                    await older.Socket.DisposeAsync();
                latest = (socket, startedAt);
            }
            else
            {
                await socket.DisposeAsync();
            }
        }

        return latest?.Socket;
    }

    /// <summary>Calls a method; its answer.</summary>
    /// <exception cref="InvalidDataException">The AppHost answers with an error.</exception>
    /// <exception cref="IOException">It has gone.</exception>
    public async Task<JsonNode?> CallAsync(string method, JsonObject? request, CancellationToken ct)
    {
        var id = ++_calls;
        var body = Encoding.UTF8.GetBytes(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = request is null ? new JsonArray() : new JsonArray(request) }.ToJsonString());
        await _stream.WriteAsync(Encoding.ASCII.GetBytes($"{LengthHeader} {body.Length}\r\n\r\n"), ct);
        await _stream.WriteAsync(body, ct);
        while (true)
        {
            var answer = JsonNode.Parse(await ReadAsync(ct))!;
            if ((int?)answer["id"] != id)
                continue;
            return answer["error"] is { } error ? throw new InvalidDataException($"The running AppHost refuses {method}: {error["message"]}") : answer["result"];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private static async Task<AppHostSocket?> ConnectAsync(string file, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(file), ct);
            return new(socket);
        }
        catch (SocketException)
        {
            // Left behind by one that was killed.
            socket.Dispose();
            return null;
        }
    }

    private async Task<byte[]> ReadAsync(CancellationToken ct)
    {
        var length = 0;
        for (var line = await LineAsync(ct); line.Length > 0; line = await LineAsync(ct))
        {
            if (line.StartsWith(LengthHeader, StringComparison.OrdinalIgnoreCase))
                length = int.Parse(line.AsSpan(LengthHeader.Length), CultureInfo.InvariantCulture);
        }

        var body = new byte[length];
        await _stream.ReadExactlyAsync(body, ct);
        return body;
    }

    private async Task<string> LineAsync(CancellationToken ct)
    {
        var (line, one) = (new StringBuilder(), new byte[1]);
        while (true)
        {
            await _stream.ReadExactlyAsync(one, ct);
            if (one[0] == '\n')
                return line.ToString();
            if (one[0] != '\r')
                line.Append((char)one[0]);
        }
    }
}
