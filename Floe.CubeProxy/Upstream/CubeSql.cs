using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.SqlApi;
using Floe.CubeProxy.SqlApi.Sessions;
using Floe.CubeProxy.SqlApi.Users;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.Upstream;

/// <summary>
/// Passes the session of a client that has signed in here on to Cube's own SQL API, under the same user name. The password is a token with the user's
/// claims, as for the REST API, which Cube's <c>checkSqlAuth</c> checks: so Cube judges the same claims, and nobody's password leaves this service.
/// </summary>
internal sealed partial class CubeSql(UpstreamSettings upstream, SqlApiSettings settings, UpstreamTokens tokens, CancelKeys keys, QueryRecord record, TimeProvider clock, ILogger<CubeSql> log) : ISqlBackend
{
    private const int Version3 = 196_608, CancelRequest = 80_877_102;
    private const int LongestGreeting = 64 * 1024;
    private const int Piece = 64 * 1024;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    public async Task ServeAsync(SqlConnection connection, SqlUser user, IReadOnlyDictionary<string, string> parameters, CancellationToken ct)
    {
        using var socket = await ConnectAsync(ct);
        await using var cube = new NetworkStream(socket);
        var greeting = new MessageWriter();
        var key = (Process: 0, Secret: 0);
        (int Process, int Secret)? mine = null;
        try
        {
            using (var limit = CancellationTokenSource.CreateLinkedTokenSource(ct))
            {
                limit.CancelAfter(settings.SignIn);
                try
                {
                    await cube.WriteAsync(Startup(user.Name, parameters), limit.Token);
                    await AuthenticateAsync(cube, user, limit.Token);
                    // The client cancels at this service, so it gets a key of this service.
                    mine = keys.Add(() => _ = CancelAsync(key));
                    key = await GreetAsync(cube, greeting, mine.Value, limit.Token);
                }
                catch (Exception e) when (e is IOException or SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
                {
                    throw Unavailable(e);
                }
            }
            await connection.SendAsync(greeting.Written, ct);
            await PassOnAsync(connection, cube, socket, ct);
        }
        finally
        {
            if (mine is { } added) keys.Remove(added.Process);
        }
    }

    private async Task PassOnAsync(SqlConnection connection, NetworkStream cube, Socket socket, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var statements = new PassedStatements(record, clock);
        var toCube = SendAsync(connection, cube, statements, over.Token);
        var toClient = ReceiveAsync(connection, cube, statements, over.Token);
        var first = await Task.WhenAny(toCube, toClient);
        // Who has said goodbye may still be told something; who has lost Cube need not go on asking.
        if (first == toCube && toCube.IsCompletedSuccessfully) socket.Shutdown(SocketShutdown.Send);
        else await over.CancelAsync();
        over.CancelAfter(_patience);
        try
        {
            await Task.WhenAll(toCube, toClient);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested && first.IsCompletedSuccessfully)
        {
            // The other direction, ended above.
        }
        finally
        {
            statements.End();
        }
    }

    // Message by message: the limits of this service's own sessions hold here, too.
    private async Task SendAsync(SqlConnection connection, NetworkStream cube, PassedStatements statements, CancellationToken ct)
    {
        while (await connection.Reader.ReadAsync(settings.LongestMessage, settings.Idle, ct) is { } message)
        {
            var packet = new byte[5 + message.Length];
            packet[0] = message.Type;
            BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(1), 4 + message.Length);
            message.Rest().CopyTo(packet.AsMemory(5));
            statements.OnSent(message.Type, packet.AsMemory(5));
            await cube.WriteAsync(packet, ct);
            if (message.Type == 'X') return;
        }
    }

    private static async Task ReceiveAsync(SqlConnection connection, NetworkStream cube, PassedStatements statements, CancellationToken ct)
    {
        var buffer = new byte[Piece];
        for (int read; (read = await cube.ReadAsync(buffer, ct)) > 0;)
        {
            statements.OnReceived(buffer.AsSpan(0, read));
            await connection.SendAsync(buffer.AsMemory(0, read), ct);
        }
    }

    private async Task AuthenticateAsync(NetworkStream cube, SqlUser user, CancellationToken ct)
    {
        while (true)
        {
            var (type, body) = await ReadAsync(cube, ct);
            var method = type == 'R' && body.Length >= 4 ? BinaryPrimitives.ReadInt32BigEndian(body) : -1;
            switch (method)
            {
                case 0:
                    return;
                case 3:
                    var writer = new MessageWriter();
                    writer.Begin((byte)'p');
                    writer.ZeroEnded(tokens.For(user.Context));
                    writer.End();
                    await cube.WriteAsync(writer.Written, ct);
                    continue;
            }
            var said = type == 'E' ? ErrorText(body) : method >= 0 ? $"it asks for authentication {method}" : $"it sends '{type}'";
            LogRefused(said);
            throw new SqlError(SqlStates.CannotConnectNow, "Cube's SQL API refuses this service; the reason is in its log. Cube's cube.js must check the service's tokens (checkSqlAuth).", isFatal: true);
        }
    }

    /// <summary>What Cube says up to its first ReadyForQuery, with the key exchanged.</summary>
    /// <returns>Cube's own key.</returns>
    private static async Task<(int Process, int Secret)> GreetAsync(NetworkStream cube, MessageWriter greeting, (int Process, int Secret) mine, CancellationToken ct)
    {
        var key = (Process: 0, Secret: 0);
        while (true)
        {
            var (type, body) = await ReadAsync(cube, ct);
            if (type == 'K' && body.Length == 8)
            {
                key = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(4)));
                BinaryPrimitives.WriteInt32BigEndian(body, mine.Process);
                BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(4), mine.Secret);
            }
            greeting.Begin((byte)type);
            greeting.Bytes(body);
            greeting.End();
            if (type == 'Z') return key;
        }
    }

    private static async Task<(char Type, byte[] Body)> ReadAsync(NetworkStream cube, CancellationToken ct)
    {
        var header = new byte[5];
        await cube.ReadExactlyAsync(header, ct);
        var length = BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4;
        if (length is < 0 or > LongestGreeting) throw new IOException($"a message of {length} bytes came where a greeting was awaited.");
        var body = new byte[length];
        await cube.ReadExactlyAsync(body, ct);
        return ((char)header[0], body);
    }

    private async Task<Socket> ConnectAsync(CancellationToken ct)
    {
        var (host, port) = upstream.SqlAddress;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(_patience);
        try
        {
            await socket.ConnectAsync(host, port, limit.Token);
            return socket;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            socket.Dispose();
            throw Unavailable(e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // As PostgreSQL does it: on a connection of its own, and without an answer.
    private async Task CancelAsync((int Process, int Secret) key)
    {
        try
        {
            using var limit = new CancellationTokenSource(_patience);
            using var socket = await ConnectAsync(limit.Token);
            var packet = new byte[16];
            foreach (var (value, i) in new[] { packet.Length, CancelRequest, key.Process, key.Secret }.Select((value, i) => (value, i))) BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4 * i), value);
            await socket.SendAsync(packet, limit.Token);
        }
        catch (Exception e) when (e is SqlError or SocketException or OperationCanceledException)
        {
            LogNotCancelled(e.Message);
        }
    }

    private static byte[] Startup(string user, IReadOnlyDictionary<string, string> parameters)
    {
        var writer = new MessageWriter();
        writer.Int32(0);
        writer.Int32(Version3);
        writer.ZeroEnded("user");
        writer.ZeroEnded(user);
        foreach (var (name, value) in parameters.Where(parameter => parameter.Key is not ("user" or "replication") && !parameter.Key.StartsWith("_pq_.", StringComparison.Ordinal)))
        {
            writer.ZeroEnded(name);
            writer.ZeroEnded(value);
        }
        writer.Byte(0);
        var packet = writer.Written.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(packet, packet.Length);
        return packet;
    }

    // Fields of a letter and a text each; M is the message.
    private static string ErrorText(byte[] body) =>
        Encoding.UTF8.GetString(body).Split('\0').FirstOrDefault(field => field.StartsWith('M'))?[1..] ?? "an error without a message";

    private SqlError Unavailable(Exception e) => new(SqlStates.CannotConnectNow, $"Cube's SQL API at {upstream.Sql} is not available: {e.Message}", isFatal: true, inner: e);

    [LoggerMessage(Level = LogLevel.Error, Message = "Cube's SQL API refuses this service: {Said}")]
    private partial void LogRefused(string said);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A query could not be cancelled at Cube: {Reason}")]
    private partial void LogNotCancelled(string reason);
}
