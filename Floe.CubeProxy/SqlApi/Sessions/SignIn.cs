using System.Text;
using Floe.CubeProxy.SqlApi.Users;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>A connection's beginning: encryption, cancellation, user and password.</summary>
internal sealed partial class SignIn(SqlApiSettings settings, CancelKeys keys, ILogger<SignIn> log)
{
    private const int Version3 = 196_608, SslRequest = 80_877_103, GssRequest = 80_877_104, CancelRequest = 80_877_102;
    private const int LongestAnswer = 4096;

    /// <returns>The user and the settings that the client begins with; null: it wanted no session, or has gone.</returns>
    /// <exception cref="SqlError">It may not connect.</exception>
    public async Task<(SqlUser User, IReadOnlyDictionary<string, string> Parameters)?> RunAsync(SqlConnection connection, CancellationToken ct)
    {
        while (true)
        {
            if (await connection.Reader.ReadStartupAsync(ct) is not { } packet) return null;
            var code = packet.Int32();
            switch (code)
            {
                case SslRequest when settings.Certificate is { } certificate && !connection.IsEncrypted:
                    await connection.EncryptAsync(certificate, ct);
                    continue;
                case SslRequest or GssRequest:
                    await connection.SendAsync("N"u8.ToArray(), ct);
                    continue;
                case CancelRequest:
                    keys.Cancel(packet.Int32(), packet.Int32());
                    return null;
            }
            if (code >> 16 != 3) throw SqlError.Protocol($"Protocol {code >> 16}.{code & 0xFFFF} is not spoken here; 3.0 is.");
            var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            while (packet.ZeroEnded() is { Length: > 0 } name) parameters[name] = packet.ZeroEnded();
            var options = parameters.Keys.Where(name => name.StartsWith("_pq_.", StringComparison.Ordinal)).ToList();
            if (code != Version3 || options.Count > 0) await NegotiateAsync(connection, options, ct);
            if (parameters.GetValueOrDefault("replication") is { } replication && replication is not ("false" or "off" or "no" or "0")) throw new SqlError(SqlStates.FeatureNotSupported, "Replication is not supported.", isFatal: true);
            if (parameters.GetValueOrDefault("user") is not { Length: > 0 } user) throw new SqlError(SqlStates.InvalidAuthorization, "The startup packet names no user.", isFatal: true);
            return (await AuthenticateAsync(connection, user, ct), parameters);
        }
    }

    private async Task<SqlUser> AuthenticateAsync(SqlConnection connection, string name, CancellationToken ct)
    {
        var writer = new MessageWriter();
        writer.Begin((byte)'R');
        writer.Int32(10);
        writer.ZeroEnded(ScramExchange.Mechanism);
        writer.Byte(0);
        writer.End();
        await SendAsync(connection, writer, ct);

        var exchange = new ScramExchange(settings.Users.VerifierOf(name));
        var first = await AnswerAsync(connection, ct);
        if (first.ZeroEnded() is not ScramExchange.Mechanism) throw SqlError.Protocol($"Only {ScramExchange.Mechanism} is offered.");
        var length = first.Int32();
        Continue(writer, 11, exchange.Begin(FrontendMessage.Utf8(first.Bytes(length).Span)));
        await SendAsync(connection, writer, ct);

        var last = await AnswerAsync(connection, ct);
        var proof = exchange.End(FrontendMessage.Utf8(last.Rest().Span));
        if (proof is null || settings.Users.Find(name) is not { } user)
        {
            LogRefused(name.Length > 63 ? name[..63] : name);
            throw new SqlError(SqlStates.InvalidPassword, $"Password authentication failed for user \"{(name.Length > 63 ? name[..63] : name)}\".", isFatal: true);
        }
        Continue(writer, 12, proof);
        writer.Begin((byte)'R');
        writer.Int32(0);
        writer.End();
        await SendAsync(connection, writer, ct);
        return user;
    }

    private static async Task<FrontendMessage> AnswerAsync(SqlConnection connection, CancellationToken ct)
    {
        var message = await connection.Reader.ReadAsync(LongestAnswer, Timeout.InfiniteTimeSpan, ct) ?? throw new IOException("The client has closed the connection.");
        return message.Type == 'p' ? message : throw SqlError.Protocol($"The message '{(char)message.Type}' came where the password's answer was awaited.");
    }

    private static void Continue(MessageWriter writer, int code, string text)
    {
        writer.Begin((byte)'R');
        writer.Int32(code);
        writer.Bytes(Encoding.UTF8.GetBytes(text));
        writer.End();
    }

    private static Task NegotiateAsync(SqlConnection connection, List<string> options, CancellationToken ct)
    {
        var writer = new MessageWriter();
        writer.Begin((byte)'v');
        writer.Int32(0);
        writer.Int32(options.Count);
        foreach (var option in options) writer.ZeroEnded(option);
        writer.End();
        return SendAsync(connection, writer, ct);
    }

    private static async Task SendAsync(SqlConnection connection, MessageWriter writer, CancellationToken ct)
    {
        await connection.SendAsync(writer.Written, ct);
        writer.Clear();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "SQL API: refused user {User}: unknown, or a wrong password.")]
    private partial void LogRefused(string user);
}
