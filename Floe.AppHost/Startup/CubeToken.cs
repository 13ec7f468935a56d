using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Floe.AppHost.Startup;

/// <summary>Signs tokens for Cube's API (JWT, HS256; RFC 7515 and 7519).</summary>
internal static class CubeToken
{
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";

    /// <summary>A token that ends at <paramref name="expires"/>.</summary>
    public static string Create(string secret, DateTimeOffset now, DateTimeOffset expires)
    {
        var payload = $$"""{"iat":{{now.ToUnixTimeSeconds()}},"exp":{{expires.ToUnixTimeSeconds()}}}""";
        var signed = $"{Encode(Header)}.{Encode(payload)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Encode(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
