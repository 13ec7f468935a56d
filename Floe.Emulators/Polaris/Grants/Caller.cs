using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Grants;

/// <summary>Who calls, with the roles that the token activates and all that was granted to them.</summary>
internal sealed record Caller(
    long PrincipalId,
    string Name,
    IReadOnlyList<string> PrincipalRoles,
    IReadOnlyList<string> CatalogRoles,
    IReadOnlyDictionary<long, PrivilegeSet> Grants)
{
    /// <summary>Passes where every privilege that the operation asks for is held on the securable or on something above it.</summary>
    /// <param name="path">The root first, the securable last.</param>
    /// <exception cref="PolarisException">403.</exception>
    public void Authorize(Operation operation, params ReadOnlySpan<long> path)
    {
        var held = default(PrivilegeSet);
        if (Grants.TryGetValue(Entity.RootId, out var onService))
            held = onService;
        foreach (var id in path)
            if (Grants.TryGetValue(id, out var granted))
                held = held.Union(granted);
        foreach (var required in operation.Required)
            if (!held.Overlaps(PrivilegeImplications.SufficientFor(required)))
                throw Refuse(operation);
    }

    public PolarisException Refuse(Operation operation) => PolarisException.Forbidden(
        $"Principal '{Name}' with activated PrincipalRoles '[{string.Join(", ", PrincipalRoles)}]' and activated grants via '[{string.Join(", ", CatalogRoles.Concat(PrincipalRoles))}]' is not authorized for op {operation.Name}");
}
