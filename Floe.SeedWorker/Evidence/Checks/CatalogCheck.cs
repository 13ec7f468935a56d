using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Bootstrap;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The catalog gives a token and shows the namespaces.</summary>
internal sealed class CatalogCheck(IHttpClientFactory http, BootstrapPlan plan, IFileIO files, TimeProvider time) : IEvidenceCheck
{
    public string Name => "catalog";

    public string Compared => "namespaces that the catalog lists for a fresh token of the worker with those of the data contract";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        // A client of its own: one that has a token would not log in.
        using var catalog = new RestCatalog(http, plan.Writer.Connection, files, time);
        var found = await catalog.ListNamespacesAsync(ct);
        return new(string.Join(", ", plan.Namespaces.Order(StringComparer.Ordinal)), string.Join(", ", found.Intersect(plan.Namespaces).Order(StringComparer.Ordinal)));
    }
}
