using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;

namespace Floe.Emulators.Polaris.Tokens;

/// <summary>Who a token was given to.</summary>
/// <param name="Scope">Space-separated, each <c>PRINCIPAL_ROLE:ALL</c> or <c>PRINCIPAL_ROLE:name</c>.</param>
internal sealed record TokenClaims(long PrincipalId, string ClientId, string Name, string Scope);

/// <summary>Issues and checks access tokens: JWT, HS256, one hour.</summary>
internal sealed class AccessTokens(TimeProvider time)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private const string Issuer = "polaris";

    private static readonly string s_header = Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8);

    private byte[]? _key;

    /// <summary>The realm's key, once the database was read.</summary>
    public void UseKey(byte[] key) => _key = key;

    public string Issue(TokenClaims claims)
    {
        var now = time.GetUtcNow();
        var payload = new JsonObject
        {
            ["iss"] = Issuer,
            ["sub"] = claims.Name,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + Lifetime).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString(),
            ["active"] = true,
            ["client_id"] = claims.ClientId,
            ["principalId"] = claims.PrincipalId,
            ["scope"] = claims.Scope,
        };
        var unsigned = $"{s_header}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload.ToJsonString()))}";
        return $"{unsigned}.{Base64Url.EncodeToString(Sign(unsigned))}";
    }

    /// <exception cref="PolarisException">401: not a token of this realm, or expired.</exception>
    public TokenClaims Verify(string token)
    {
        if (token.Split('.') is not [var header, var payload, var signature] || header != s_header)
            throw Invalid();
        var given = new byte[64];
        if (!Base64Url.TryDecodeFromChars(signature, given, out var length)
            || !CryptographicOperations.FixedTimeEquals(given.AsSpan(0, length), Sign($"{header}.{payload}")))
            throw Invalid();

        // The signature is ours, so the payload is what Issue wrote.
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(payload))!;
        if (time.GetUtcNow().ToUnixTimeSeconds() >= claims["exp"]!.GetValue<long>())
            throw PolarisException.NotAuthorized("The access token has expired; ask /api/catalog/v1/oauth/tokens for a new one");
        return new(claims["principalId"]!.GetValue<long>(), claims["client_id"]!.GetValue<string>(), claims["sub"]!.GetValue<string>(), claims["scope"]!.GetValue<string>());
    }

    private byte[] Sign(string unsigned) =>
        HMACSHA256.HashData(_key ?? throw PolarisException.Unavailable("The catalog is starting: its database has not answered yet"), Encoding.ASCII.GetBytes(unsigned));

    private static PolarisException Invalid() => PolarisException.NotAuthorized("The access token is not one of this server; ask /api/catalog/v1/oauth/tokens for one");
}
