using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube.Upstream;

/// <summary>
/// Greets as Cube's SQL API does (a password in clear text, which cube.js takes for a token), then lets a PostgreSQL answer that trusts everybody.
/// </summary>
internal sealed class CubeSqlStandIn : IAsyncDisposable
{
    private const int CancelRequest = 80_877_102;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly int _postgres;
    private readonly Task _accepting;

    /// <param name="postgres">Port.</param>
    public CubeSqlStandIn(int postgres)
    {
        _postgres = postgres;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>User and claims of those who signed in.</summary>
    public ConcurrentQueue<(string User, JsonNode Claims)> SignedIn { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true) _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        using var postgres = new TcpClient();
        await postgres.ConnectAsync(IPAddress.Loopback, _postgres);
        var (from, to) = (client.GetStream(), postgres.GetStream());
        var length = new byte[4];
        await from.ReadExactlyAsync(length);
        var packet = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await from.ReadExactlyAsync(packet);
        if (BinaryPrimitives.ReadInt32BigEndian(packet) == CancelRequest)
        {
            await to.WriteAsync((byte[])[.. length, .. packet]);
            return;
        }
        var fields = Encoding.UTF8.GetString(packet.AsSpan(4)).Split('\0');
        var user = fields[Array.IndexOf(fields, "user") + 1];
        await from.WriteAsync("R\0\0\0\x08\0\0\0\x03"u8.ToArray());
        var header = new byte[5];
        await from.ReadExactlyAsync(header);
        var password = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
        await from.ReadExactlyAsync(password);
        var token = Encoding.UTF8.GetString(password).TrimEnd('\0');
        var payload = Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]));
        if (token != Tokens.Sign(payload, ReplayedCube.Secret))
        {
            await from.WriteAsync("E\0\0\0\x17SFATAL\0Mno token\0\0"u8.ToArray());
            return;
        }
        SignedIn.Enqueue((user, JsonNode.Parse(payload)!));
        var startup = Encoding.UTF8.GetBytes("\0\u0003\0\0user\0floe\0database\0floe\0client_encoding\0UTF8\0\0");
        BinaryPrimitives.WriteInt32BigEndian(length, startup.Length + 4);
        await to.WriteAsync((byte[])[.. length, .. startup]);
        await Task.WhenAny(from.CopyToAsync(to, _stop.Token), to.CopyToAsync(from, _stop.Token));
    }
}
