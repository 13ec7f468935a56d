using System.Text.Json;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Serving;

namespace Floe.CubeProxy.Page;

/// <summary>Signs the page's own tokens: the claims of the settings, valid for some minutes. What they may see the model's access policies say, as for any token.</summary>
internal sealed class PageTokens(ApiSecret secret, PageSettings settings, TokenSettings tokens, TimeProvider clock)
{
    /// <summary>The page asks for the next one before this one ends.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly JsonElement _claims = settings.ReadClaims();

    public string Create() => TokenSigner.Sign(secret.Bytes, clock.GetUtcNow(), Lifetime, json =>
    {
        foreach (var claim in _claims.EnumerateObject()) claim.WriteTo(json);
        if (tokens.Audience is { } audience) json.WriteString("aud", audience);
        if (tokens.Issuer is { } issuer) json.WriteString("iss", issuer);
    });
}
