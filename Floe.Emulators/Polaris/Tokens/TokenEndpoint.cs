using System.Text;
using System.Text.Json.Nodes;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Tokens;

/// <summary><c>POST /v1/oauth/tokens</c>: client credentials by form or HTTP Basic (RFC 6749 sections 2.3.1 and 4.4).</summary>
internal sealed class TokenEndpoint(PolarisDatabase database, AccessTokens tokens)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
            throw new OAuthException(400, "invalid_request", "The token request must be a form (application/x-www-form-urlencoded)");
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (form["grant_type"] is not ["client_credentials"])
            throw new OAuthException(400, "unsupported_grant_type", "grant_type must be client_credentials");
        var (clientId, secret) = Credentials(http.Request, form);
        var scope = form["scope"] is [{ Length: > 0 } given] ? given : TokenScope.All;
        if (!TokenScope.IsValid(scope))
            throw new OAuthException(400, "invalid_scope", "scope must be PRINCIPAL_ROLE:ALL or a list of PRINCIPAL_ROLE:name");

        var record = await database.Direct.FindSecretAsync(clientId, http.RequestAborted);
        if (!ClientSecrets.Verify(record, secret))
            throw new OAuthException(401, "unauthorized_client", "The client is unknown or its secret is wrong");
        var principal = await database.Direct.GetAsync(record!.PrincipalId, http.RequestAborted)
            ?? throw new OAuthException(401, "unauthorized_client", "The client is unknown or its secret is wrong");

        http.Response.Headers.CacheControl = "no-store";
        await http.WriteJsonAsync(200, new JsonObject
        {
            ["access_token"] = tokens.Issue(new(principal.Id, clientId, principal.Name, scope)),
            ["token_type"] = "bearer",
            ["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token",
            ["expires_in"] = (int)AccessTokens.Lifetime.TotalSeconds,
            ["scope"] = scope,
        });
    }

    private static (string ClientId, string Secret) Credentials(HttpRequest request, IFormCollection form)
    {
        if (form["client_secret"] is [{ Length: > 0 } secret])
            return form["client_id"] is [{ Length: > 0 } id] ? (id, secret) : throw new OAuthException(400, "invalid_client", "client_id is missing");
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase))
            throw new OAuthException(400, "invalid_client", "client_id and client_secret are missing from the form, and there is no Basic authorization");
        var bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length)
            || Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is not [{ Length: > 0 } user, { Length: > 0 } password])
            throw new OAuthException(400, "invalid_request", "The Basic authorization must be base64 of client_id:client_secret");
        // RFC 6749 section 2.3.1 has both parts form-encoded before the base64.
        return (Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
    }
}
