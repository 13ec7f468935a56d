using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Floe.CubeProxy.Security;

namespace Floe.CubeProxy.Upstream;

/// <summary>Signs the tokens that Cube sees: the caller's verified claims, valid for a minute.</summary>
internal sealed class UpstreamTokens(UpstreamSettings settings, TimeProvider clock)
{
    private const int LifetimeSeconds = 60;

    private static readonly string _header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private readonly byte[] _key = Encoding.UTF8.GetBytes(settings.Secret!);

    public string For(SecurityContext caller)
    {
        var payload = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(payload))
        {
            var now = clock.GetUtcNow().ToUnixTimeSeconds();
            json.WriteStartObject();
            caller.WriteClaims(json);
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + LifetimeSeconds);
            json.WriteEndObject();
        }
        var content = $"{_header}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
        return $"{content}.{Base64Url.EncodeToString(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(content)))}";
    }
}
