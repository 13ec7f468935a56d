using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>The protocol by hand, to say what no driver would: PostgreSQL's documentation in code, none of the server's.</summary>
internal sealed class WireClient : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);
    private readonly TcpClient _tcp = new();
    private NetworkStream _stream = null!;

    public (int Process, int Secret) Key { get; private set; }

    public static async Task<WireClient> ConnectAsync(int port)
    {
        var client = new WireClient();
        await client._tcp.ConnectAsync(IPAddress.Loopback, port);
        client._tcp.NoDelay = true;
        client._stream = client._tcp.GetStream();
        return client;
    }

    public static async Task<WireClient> SignInAsync(int port, string user = "cube", string password = RecordedShop.SqlPassword)
    {
        var client = await ConnectAsync(port);
        await client.SendAsync(Startup(("user", user), ("database", "cube")));
        Assert.Equal('R', (await client.ReadAsync()).Type);
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        var bare = $"n=,r={nonce}";
        await client.SendAsync('p', [.. Zero("SCRAM-SHA-256"), .. Int32(bare.Length + 3), .. Encoding.ASCII.GetBytes($"n,,{bare}")]);
        var first = Encoding.ASCII.GetString((await client.ReadAsync()).Body[4..]);
        var parts = first.Split(',').ToDictionary(part => part[0], part => part[2..]);
        var salted = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(parts['s']), int.Parse(parts['i']), HashAlgorithmName.SHA256, 32);
        var key = HMACSHA256.HashData(salted, "Client Key"u8);
        var final = $"c=biws,r={parts['r']}";
        var signature = HMACSHA256.HashData(SHA256.HashData(key), Encoding.ASCII.GetBytes($"{bare},{first},{final}"));
        var proof = key.Zip(signature, (a, b) => (byte)(a ^ b)).ToArray();
        await client.SendAsync('p', Encoding.ASCII.GetBytes($"{final},p={Convert.ToBase64String(proof)}"));
        foreach (var (type, body) in await client.ReadUntilAsync('Z'))
        {
            if (type == 'K') client.Key = (BinaryPrimitives.ReadInt32BigEndian(body), BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(4)));
        }
        return client;
    }

    public static byte[] Startup(params (string Name, string Value)[] parameters)
    {
        byte[] body = [.. Int32(196608), .. parameters.SelectMany(parameter => Zero(parameter.Name).Concat(Zero(parameter.Value))), 0];
        return [.. Int32(body.Length + 4), .. body];
    }

    public static byte[] Message(char type, params byte[] body) => [(byte)type, .. Int32(body.Length + 4), .. body];

    public static byte[] Query(string sql) => Message('Q', Zero(sql));

    public static byte[] Parse(string name, string sql) => Message('P', [.. Zero(name), .. Zero(sql), 0, 0]);

    /// <summary>Without values.</summary>
    public static byte[] Bind(string portal, string statement) => Message('B', [.. Zero(portal), .. Zero(statement), 0, 0, 0, 0, 0, 0]);

    public static byte[] Execute(string portal, int rows) => Message('E', [.. Zero(portal), .. Int32(rows)]);

    public static byte[] Zero(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    public static byte[] Int32(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public Task SendAsync(char type, params byte[] body) => SendAsync([Message(type, body)]);

    public async Task SendAsync(params byte[][] messages)
    {
        try
        {
            await _stream.WriteAsync(messages.SelectMany(message => message).ToArray());
        }
        catch (IOException)
        {
            // The other side has closed; what it said last is read below.
        }
    }

    public async Task<byte> ReadByteAsync()
    {
        var one = new byte[1];
        await ExactlyAsync(one);
        return one[0];
    }

    public async Task<(char Type, byte[] Body)> ReadAsync()
    {
        var header = new byte[5];
        await ExactlyAsync(header);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(1)) - 4];
        await ExactlyAsync(body);
        return ((char)header[0], body);
    }

    /// <summary>Messages up to one of that type, it included.</summary>
    public async Task<List<(char Type, byte[] Body)>> ReadUntilAsync(char type)
    {
        var messages = new List<(char, byte[])>();
        while (true)
        {
            var message = await ReadAsync();
            messages.Add(message);
            if (message.Type == type) return messages;
        }
    }

    /// <summary>The types of the answer's messages.</summary>
    public async Task<string> TypesAsync(params byte[][] messages)
    {
        await SendAsync(messages);
        return string.Concat((await ReadUntilAsync('Z')).Select(message => message.Type));
    }

    /// <summary>What is said last before the connection is closed: SQLSTATE and text; empty when nothing is.</summary>
    public async Task<(string State, string Text)> LastWordsAsync()
    {
        var last = ("", "");
        try
        {
            while (true)
            {
                var (type, body) = await ReadAsync();
                if (type == 'E') last = Error(body);
            }
        }
        catch (Exception e) when (e is EndOfStreamException or IOException)
        {
            return last;
        }
    }

    public static (string State, string Text) Error(byte[] body)
    {
        var fields = Encoding.UTF8.GetString(body).Split('\0', StringSplitOptions.RemoveEmptyEntries).ToDictionary(field => field[0], field => field[1..]);
        return (fields['C'], fields['M']);
    }

    /// <summary>Nothing more comes; what is answered is still read.</summary>
    public void EndSending() => _tcp.Client.Shutdown(SocketShutdown.Send);

    public void Dispose() => _tcp.Dispose();

    private async Task ExactlyAsync(byte[] buffer)
    {
        using var limit = new CancellationTokenSource(_patience);
        await _stream.ReadExactlyAsync(buffer, limit.Token);
    }
}
