using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Store;

namespace Floe.Emulators.Polaris.Tables;

/// <summary>No table lies inside of another one or of a foreign namespace: purging one must never touch another.</summary>
internal static class TablePlacement
{
    /// <param name="tableId">The table itself where it exists.</param>
    /// <exception cref="PolarisException">403, as in Polaris.</exception>
    public static async Task CheckAsync(StoreScope store, SecurablePath ns, string location, long? tableId, CancellationToken cancellationToken)
    {
        long[] except = tableId is { } id ? [.. ns.Ids, id] : ns.Ids;
        if (await store.OverlappingLocationAsync(ns.Catalog.Id, location, except, cancellationToken) is { } taken)
            throw PolarisException.Forbidden($"Unable to create table at location '{location}' because it conflicts with existing table or namespace at location '{taken}'");
    }
}
