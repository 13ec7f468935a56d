using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>Checks JSON web tokens signed with HMAC-SHA256 (RFC 7519): signature, <c>exp</c>, <c>nbf</c>. The answer says only that a token is invalid; the reason goes to the log.</summary>
public sealed partial class TokenCheck(ApiSecret secret, TimeProvider clock, ILogger<TokenCheck> log)
{
    private const int LongestToken = 16 * 1024;

    /// <param name="authorization">The Authorization header: a bare token, or one after "Bearer".</param>
    /// <returns>The token's claims: the security context of the request.</returns>
    /// <exception cref="CubeApiException">403, with Cube's texts.</exception>
    public JsonElement Check(string? authorization)
    {
        var token = authorization?.Trim();
        if (token is not null && token.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) token = token["Bearer ".Length..].Trim();
        if (string.IsNullOrEmpty(token)) throw new CubeApiException(403, "Authorization header isn't set", "unauthorized");
        if (Read(token, out var claims) is not { } reason) return claims;
        LogRefused(reason);
        throw new CubeApiException(403, "Invalid token", "unauthorized");
    }

    private string? Read(string token, out JsonElement claims)
    {
        claims = default;
        if (token.Length > LongestToken) return "it is too long";
        var parts = token.Split('.');
        if (parts.Length != 3) return "it does not have three parts";
        try
        {
            var signature = Base64Url.DecodeFromChars(parts[2]);
            var expected = HMACSHA256.HashData(secret.Bytes, Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"));
            if (!CryptographicOperations.FixedTimeEquals(signature, expected)) return "its signature is not made with the configured secret";
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            if (!header.RootElement.TryGetProperty("alg", out var algorithm) || algorithm.ValueKind != JsonValueKind.String || algorithm.GetString() != "HS256") return "its algorithm is not HS256";
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            claims = payload.RootElement.Clone();
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return "it cannot be decoded";
        }
        if (claims.ValueKind != JsonValueKind.Object) return "its payload is not an object";
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (claims.TryGetProperty("exp", out var expires))
        {
            if (expires.ValueKind != JsonValueKind.Number) return "its exp is not a number";
            if (now >= expires.GetDouble()) return "it has expired";
        }
        if (claims.TryGetProperty("nbf", out var from))
        {
            if (from.ValueKind != JsonValueKind.Number) return "its nbf is not a number";
            if (now < from.GetDouble()) return "it is not valid yet";
        }
        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a token: {Reason}.")]
    private partial void LogRefused(string reason);
}
