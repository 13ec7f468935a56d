using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Floe.AppHost.Startup;

/// <summary>Signs tokens for Cube's API (JWT, HS256; RFC 7515 and 7519).</summary>
internal static class CubeToken
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";

    /// <summary>A token that ends at <paramref name="expires"/>.</summary>
    /// <param name="secret">What CubeProxy checks with.</param>
    /// <param name="now">When it is made.</param>
    /// <param name="expires">When it ends.</param>
    /// <param name="claims">What access policies go by.</param>
    public static string Create(string secret, DateTimeOffset now, DateTimeOffset expires, params ReadOnlySpan<(string Name, string Value)> claims)
    {
        var payload = new StringBuilder($$"""{"iat":{{now.ToUnixTimeSeconds()}},"exp":{{expires.ToUnixTimeSeconds()}}""");
        foreach (var (name, value) in claims)
            payload.Append(',').Append(JsonSerializer.Serialize(name)).Append(':').Append(JsonSerializer.Serialize(value));
        var signed = $"{Encode(Header)}.{Encode(payload.Append('}').ToString())}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
