using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tokens;
using Npgsql;

namespace Floe.Emulators.Polaris.Principals;

/// <summary>The principal routes of the management specification. A secret is shown in one answer and never again.</summary>
internal sealed partial class PrincipalEndpoints(PolarisDatabase database)
{
    public async Task ListAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListPrincipals);
        var principals = await database.Direct.ListTopLevelAsync(EntityType.Principal, http.RequestAborted);
        var clientIds = await database.Direct.ClientIdsAsync(http.RequestAborted);
        await http.WriteJsonAsync(200, new JsonObject { ["principals"] = new JsonArray([.. principals.Select(p => (JsonNode)Describe(p, clientIds.GetValueOrDefault(p.Id)))]) });
    }

    public async Task CreateAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.CreatePrincipal);
        var given = (await http.ReadObjectAsync()).RequiredObject("principal");
        var name = EntityName.Read(given);
        var secret = ClientSecrets.NewSecret();
        var (principal, record) = await database.TransactionAsync(
            async store =>
            {
                var created = await store.CreateAsync(
                    Entity.NoCatalog, Entity.RootId, EntityType.Principal, name, given.OptionalStringMap("properties") ?? Entity.NoProperties, Entity.NoProperties, null, http.RequestAborted)
                    ?? throw PolarisException.AlreadyExists($"Cannot create Principal {name}. Principal already exists or resolution failed");
                var sealedSecret = ClientSecrets.Seal(ClientSecrets.NewClientId(), secret, created.Id);
                await store.PutSecretAsync(sealedSecret, http.RequestAborted);
                return (created, sealedSecret);
            },
            http.RequestAborted);
        await http.WriteJsonAsync(201, WithCredentials(principal, record.ClientId, secret));
    }

    public async Task GetAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.GetPrincipal);
        var principal = await FindAsync(http);
        await http.WriteJsonAsync(200, Describe(principal, (await database.Direct.SecretOfAsync(principal.Id, http.RequestAborted))?.ClientId));
    }

    public async Task UpdateAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.UpdatePrincipal);
        var request = await http.ReadObjectAsync();
        var principal = await FindAsync(http);
        principal.RequireVersion(request);
        _ = request.RequiredObject("properties");
        var changed = await database.Direct.ReplaceAsync(principal with { Properties = request.OptionalStringMap("properties")! }, http.RequestAborted);
        await http.WriteJsonAsync(200, Describe(changed, (await database.Direct.SecretOfAsync(changed.Id, http.RequestAborted))?.ClientId));
    }

    public async Task DeleteAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.DeletePrincipal);
        var principal = await FindAsync(http);
        if (principal.Name == Bootstrap.RealmBootstrap.RootPrincipal)
            throw PolarisException.BadRequest("The root principal cannot be dropped");
        await database.Direct.DeleteAsync(principal.Id, http.RequestAborted);
        await http.WriteNothingAsync();
    }

    /// <summary>A principal renews its own secret; the one before stays valid until the next rotation.</summary>
    public async Task RotateAsync(HttpContext http)
    {
        var principal = await FindAsync(http);
        if (principal.Id != http.Caller().PrincipalId)
            throw http.Caller().Refuse(Operation.RotateCredentials);
        var secret = ClientSecrets.NewSecret();
        var record = await database.TransactionAsync(
            async store =>
            {
                _ = await store.LockAsync(principal.Id, http.RequestAborted);
                var current = await store.SecretOfAsync(principal.Id, http.RequestAborted) ?? throw NotFound(principal.Name);
                var rotated = ClientSecrets.Rotate(current, secret);
                await store.PutSecretAsync(rotated, http.RequestAborted);
                return rotated;
            },
            http.RequestAborted);
        await http.WriteJsonAsync(200, WithCredentials(principal, record.ClientId, secret));
    }

    /// <summary>Gives a principal new credentials, chosen by the server or (ResetPrincipalRequest) by the caller; the old ones end at once.</summary>
    public async Task ResetAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ResetCredentials);
        var request = await http.ReadOptionalObjectAsync() ?? [];
        var clientId = request.OptionalString("clientId");
        if (clientId is not null && !ClientIdRule().IsMatch(clientId))
            throw PolarisException.BadRequest("The clientId must have 16 lower-case hexadecimal digits");
        var secret = request.OptionalString("clientSecret") ?? ClientSecrets.NewSecret();
        if (secret.Length is 0 or > 512)
            throw PolarisException.BadRequest("The clientSecret must have 1 to 512 characters");
        var principal = await FindAsync(http);
        try
        {
            var record = await database.TransactionAsync(
                async store =>
                {
                    _ = await store.LockAsync(principal.Id, http.RequestAborted);
                    var current = await store.SecretOfAsync(principal.Id, http.RequestAborted) ?? throw NotFound(principal.Name);
                    var replaced = ClientSecrets.Seal(clientId ?? current.ClientId, secret, principal.Id);
                    await store.PutSecretAsync(replaced, http.RequestAborted);
                    return replaced;
                },
                http.RequestAborted);
            await http.WriteJsonAsync(200, WithCredentials(principal, record.ClientId, secret));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw PolarisException.AlreadyExists($"Client ID already in use: {clientId}");
        }
    }

    public async Task ListRolesAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.ListAssignedPrincipalRoles);
        var principal = await FindAsync(http);
        var roles = (await database.Direct.GrantsOfAsync(principal.Id, http.RequestAborted)).Where(g => g.Privilege == Privilege.PrincipalRoleUsage).Select(g => g.SecurableId).ToArray();
        await http.WriteJsonAsync(200, PrincipalRoleEndpoints.DescribeAll(await database.Direct.GetManyAsync(roles, http.RequestAborted)));
    }

    public async Task AssignRoleAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.AssignPrincipalRole);
        var name = EntityName.Read((await http.ReadObjectAsync()).RequiredObject("principalRole"));
        var principal = await FindAsync(http);
        var role = await database.Direct.PrincipalRoleAsync(name, http.RequestAborted);
        await database.Direct.GrantAsync(principal.Id, Privilege.PrincipalRoleUsage, role.Id, http.RequestAborted);
        await http.WriteCreatedAsync();
    }

    public async Task RevokeRoleAsync(HttpContext http)
    {
        http.Caller().Authorize(Operation.RevokePrincipalRole);
        var principal = await FindAsync(http);
        var role = await database.Direct.PrincipalRoleAsync(http.RouteText("role"), http.RequestAborted);
        await database.Direct.RevokeAsync(principal.Id, Privilege.PrincipalRoleUsage, role.Id, http.RequestAborted);
        await http.WriteNothingAsync();
    }

    public static JsonObject Describe(Entity principal, string? clientId)
    {
        var json = principal.Describe();
        if (clientId is not null)
            json["clientId"] = clientId;
        return json;
    }

    private async Task<Entity> FindAsync(HttpContext http)
    {
        var name = http.RouteText("principal");
        return await database.Direct.FindTopLevelAsync(EntityType.Principal, name, http.RequestAborted) ?? throw NotFound(name);
    }

    private static PolarisException NotFound(string name) => PolarisException.NotFound($"Principal {name} not found");

    private static JsonObject WithCredentials(Entity principal, string clientId, string secret) => new()
    {
        ["principal"] = Describe(principal, clientId),
        ["credentials"] = new JsonObject { ["clientId"] = clientId, ["clientSecret"] = secret },
    };

    [GeneratedRegex("^[0-9a-f]{16}$")]
    private static partial Regex ClientIdRule();
}
