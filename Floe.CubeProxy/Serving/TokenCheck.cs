using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Floe.CubeProxy.Query;

namespace Floe.CubeProxy.Serving;

/// <summary>Checks JSON web tokens (RFC 7519) signed with HMAC-SHA256 or RSA-SHA256: signature, <c>exp</c>, <c>nbf</c>, <c>aud</c>, <c>iss</c>. The answer says only that a token is invalid; the reason goes to the log.</summary>
public sealed partial class TokenCheck(ApiSecret secret, TokenSettings settings, SigningKeys keys, TimeProvider clock, ILogger<TokenCheck> log)
{
    private const int LongestToken = 16 * 1024;

    /// <param name="authorization">The Authorization header: a bare token, or one after "Bearer".</param>
    /// <returns>The token's claims: the security context of the request.</returns>
    /// <exception cref="CubeApiException">403, with Cube's texts.</exception>
    public async ValueTask<JsonElement> CheckAsync(string? authorization, CancellationToken ct)
    {
        var token = authorization?.Trim();
        if (token is not null && token.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) token = token["Bearer ".Length..].Trim();
        if (string.IsNullOrEmpty(token)) throw new CubeApiException(403, "Authorization header isn't set", "unauthorized");
        var (claims, reason) = await ReadAsync(token, ct);
        if (reason is null) return claims;
        LogRefused(reason);
        throw new CubeApiException(403, "Invalid token", "unauthorized");
    }

    private async ValueTask<(JsonElement Claims, string? Refused)> ReadAsync(string token, CancellationToken ct)
    {
        if (token.Length > LongestToken) return (default, "it is too long");
        var parts = token.Split('.');
        if (parts.Length != 3) return (default, "it does not have three parts");
        try
        {
            using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
            var algorithm = Text(header.RootElement, "alg");
            if (algorithm is null || !settings.Algorithms.Contains(algorithm)) return (default, "its algorithm is not accepted");
            var signature = Base64Url.DecodeFromChars(parts[2]);
            var content = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
            // The algorithm decides which key is used, never the other way round.
            if (algorithm == "HS256")
            {
                if (!CryptographicOperations.FixedTimeEquals(signature, HMACSHA256.HashData(secret.Bytes, content))) return (default, "its signature is not made with the configured secret");
            }
            else
            {
                if (await keys.FindAsync(Text(header.RootElement, "kid"), ct) is not { } key) return (default, "its key is not in the key set");
                if (!key.VerifyData(content, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)) return (default, "its signature is not made with the named key");
            }
            using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
            var claims = payload.RootElement.Clone();
            return (claims, Refused(claims));
        }
        catch (Exception e) when (e is FormatException or JsonException or InvalidOperationException)
        {
            return (default, "it cannot be decoded");
        }
    }

    private string? Refused(JsonElement claims)
    {
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
        if (settings.Audience is { } audience && !IsFor(claims, audience)) return "its aud is another";
        if (settings.Issuer is { } issuer && Text(claims, "iss") != issuer) return "its iss is another";
        return null;
    }

    private static bool IsFor(JsonElement claims, string audience) => claims.TryGetProperty("aud", out var given) && given.ValueKind switch
    {
        JsonValueKind.String => given.GetString() == audience,
        JsonValueKind.Array => given.EnumerateArray().Any(one => one.ValueKind == JsonValueKind.String && one.GetString() == audience),
        _ => false,
    };

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused a token: {Reason}.")]
    private partial void LogRefused(string reason);
}
