using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Floe.CubeProxy.Security;

/// <summary>Signs JSON web tokens (RFC 7519) with HMAC-SHA256.</summary>
internal static class TokenSigner
{
    private static readonly string _header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    /// <param name="key">The secret.</param>
    /// <param name="now">Becomes <c>iat</c>.</param>
    /// <param name="lifetime">Until <c>exp</c>, in whole seconds.</param>
    /// <param name="writeClaims">Writes the other claims into the open object.</param>
    public static string Sign(byte[] key, DateTimeOffset now, TimeSpan lifetime, Action<Utf8JsonWriter> writeClaims)
    {
        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload))
        {
            var issued = now.ToUnixTimeSeconds();
            json.WriteStartObject();
            writeClaims(json);
            json.WriteNumber("iat", issued);
            json.WriteNumber("exp", issued + (long)lifetime.TotalSeconds);
            json.WriteEndObject();
        }
        var content = $"{_header}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(content)))}";
    }
}
