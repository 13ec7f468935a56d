namespace Floe.Emulators.Polaris.Tokens;

/// <summary>The principal roles that a token activates.</summary>
internal static class TokenScope
{
    public const string All = "PRINCIPAL_ROLE:ALL";

    private const string Prefix = "PRINCIPAL_ROLE:";

    /// <summary>Whether the scope names roles, or all of them.</summary>
    public static bool IsValid(string scope) =>
        scope.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } parts && parts.All(part => part.Length > Prefix.Length && part.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>The roles by name, or null for all.</summary>
    public static string[]? Roles(string scope)
    {
        var roles = scope.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => part[Prefix.Length..]).ToArray();
        return roles.Contains("ALL") ? null : roles;
    }
}
