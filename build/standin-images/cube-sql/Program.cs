// Signs SQL clients in as Cube's own SQL API does with Floe's cube.js: a password in clear text, which must be a token that CUBEJS_API_SECRET has signed. Then the CubeProxy
// that stands in for Cube answers; it wants SCRAM, and all who come from here are its user CUBEJS_SQL_USER.
//   dotnet CubeSql.dll PORT PORT_OF_CUBEPROXY
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

const int CancelRequest = 80_877_102;
const int ClearText = 3, Sasl = 10, SaslContinue = 11;

var (port, behind) = (int.Parse(args[0]), int.Parse(args[1]));
var secret = Setting("CUBEJS_API_SECRET");
var password = Setting("CUBEJS_SQL_PASSWORD");
using var listener = new TcpListener(IPAddress.Any, port);
listener.Start();
while (true) _ = ServeAsync(await listener.AcceptTcpClientAsync());

async Task ServeAsync(TcpClient accepted)
{
    using var client = accepted;
    using var cubeproxy = new TcpClient();
    try
    {
        await cubeproxy.ConnectAsync(IPAddress.Loopback, behind);
        var (from, to) = (client.GetStream(), cubeproxy.GetStream());
        var startup = await ReadBodyAsync(from);
        if (BinaryPrimitives.ReadInt32BigEndian(startup) == CancelRequest)
        {
            await to.WriteAsync(Framed(startup));
            return;
        }
        await from.WriteAsync(Message('R', Int32(ClearText)));
        var (_, token) = await ReadAsync(from);
        if (!IsToken(Encoding.UTF8.GetString(token).TrimEnd('\0')))
        {
            await from.WriteAsync(Message('E', "SFATAL\0C28P01\0MIncorrect user name or password\0\0"u8));
            return;
        }
        await to.WriteAsync(Framed(startup));
        await SignInAsync(to);
        await Task.WhenAny(from.CopyToAsync(to), to.CopyToAsync(from));
    }
    catch (Exception e) when (e is IOException or SocketException)
    {
        Console.Error.WriteLine($"stand-in of cube: {e.Message}");
    }
}

// RFC 5802; leaves AuthenticationOk to the client.
async Task SignInAsync(NetworkStream to)
{
    var bare = $"n=,r={Convert.ToBase64String(RandomNumberGenerator.GetBytes(18))}";
    await ExpectAsync(to, Sasl);
    var first = Encoding.UTF8.GetBytes($"n,,{bare}");
    await to.WriteAsync(Message('p', [.. "SCRAM-SHA-256\0"u8, .. Int32(first.Length), .. first]));
    var server = await ExpectAsync(to, SaslContinue);
    var parts = server.Split(',');
    var salted = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(password), Convert.FromBase64String(parts[1][2..]), int.Parse(parts[2][2..]), HashAlgorithmName.SHA256, 32);
    var key = HMACSHA256.HashData(salted, "Client Key"u8);
    var final = $"c=biws,{parts[0]}";
    var signature = HMACSHA256.HashData(SHA256.HashData(key), Encoding.UTF8.GetBytes($"{bare},{server},{final}"));
    var proof = Convert.ToBase64String([.. key.Zip(signature, (a, b) => (byte)(a ^ b))]);
    await to.WriteAsync(Message('p', Encoding.UTF8.GetBytes($"{final},p={proof}")));
    await ReadAsync(to);
}

bool IsToken(string token)
{
    var parts = token.Split('.');
    if (parts.Length != 3 || parts[2] != Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{parts[0]}.{parts[1]}")))) return false;
    using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
    return claims.RootElement.GetProperty("exp").GetDouble() > DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}

static async Task<string> ExpectAsync(NetworkStream stream, int method)
{
    var (type, body) = await ReadAsync(stream);
    return type == 'R' && BinaryPrimitives.ReadInt32BigEndian(body) == method ? Encoding.UTF8.GetString(body, 4, body.Length - 4)
        : throw new IOException($"CubeProxy sent '{type}' where its authentication {method} was awaited");
}

static async Task<(char Type, byte[] Body)> ReadAsync(NetworkStream stream)
{
    var type = new byte[1];
    await stream.ReadExactlyAsync(type);
    return ((char)type[0], await ReadBodyAsync(stream));
}

static async Task<byte[]> ReadBodyAsync(NetworkStream stream)
{
    var length = new byte[4];
    await stream.ReadExactlyAsync(length);
    var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
    await stream.ReadExactlyAsync(body);
    return body;
}

static byte[] Message(char type, ReadOnlySpan<byte> body) => [(byte)type, .. Framed(body)];

static byte[] Framed(ReadOnlySpan<byte> body) => [.. Int32(body.Length + 4), .. body];

static byte[] Int32(int value)
{
    var bytes = new byte[4];
    BinaryPrimitives.WriteInt32BigEndian(bytes, value);
    return bytes;
}

static string Setting(string name) => Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set");
