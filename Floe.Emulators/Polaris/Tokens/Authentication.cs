using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Tokens;

/// <summary>Checks realm and token of every API call and finds out what the caller was granted, always afresh: a revoked grant ends at once.</summary>
internal sealed class Authentication(RequestDelegate next, PolarisDatabase database, AccessTokens tokens)
{
    private const string TokenPath = "/api/catalog/v1/oauth/tokens";

    public async Task InvokeAsync(HttpContext http)
    {
        if (http.Request.Headers["Polaris-Realm"] is [{ Length: > 0 } realm] && realm != database.Realm)
            throw PolarisException.NotFound($"Unknown realm '{realm}'; this server has the realm '{database.Realm}'");
        if (!http.Request.Path.Equals(TokenPath))
            http.Features.Set(await AuthenticateAsync(http));
        await next(http);
    }

    private async Task<Caller> AuthenticateAsync(HttpContext http)
    {
        if (http.Request.Headers.Authorization is not [{ } header] || !header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            throw PolarisException.NotAuthorized("The request has no bearer token; ask /api/catalog/v1/oauth/tokens for one");
        var claims = tokens.Verify(header[7..].Trim());
        return await database.Direct.CallerAsync(claims.PrincipalId, claims.ClientId, TokenScope.Roles(claims.Scope), http.RequestAborted)
            ?? throw PolarisException.NotAuthorized($"The principal '{claims.Name}' or its credentials are gone; ask for a new token");
    }
}

/// <summary>The authenticated caller of a request.</summary>
internal static class CallerFeature
{
    public static Caller Caller(this HttpContext http) => http.Features.Get<Caller>() ?? throw PolarisException.NotAuthorized("The request was not authenticated");
}
