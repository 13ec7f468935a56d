using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Transform;
using Floe.SeedWorker.Transform.Project;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The models' tables are what the dbt project documents.</summary>
internal sealed class DocumentedColumnsCheck(ICatalog catalog, IOptions<TransformOptions> options) : IEvidenceCheck
{
    public string Name => "models";

    public string Compared => "columns and types of the silver and gold tables in the catalog with those that the dbt project documents";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        var landed = DbtProject.Load(options.Value.ProjectDirectory).Models.Where(model => model.IcebergNamespace is not null);
        var tables = await Task.WhenAll(landed.Select(async model =>
        {
            var table = await catalog.LoadTableAsync(new TableIdentifier(model.IcebergNamespace!, model.Name), ct);
            IReadOnlyList<(string, string)> documented = [.. model.Docs.Types.Select(column => (column.Key, DuckDbTypes.FromSql(column.Key, column.Value.ToUpperInvariant()).ToString()))];
            IReadOnlyList<(string, string)> found = [.. table.Schema.Fields.Select(field => (field.Name, field.Type.ToString()!))];
            return (table.Identifier.ToString(), documented, found);
        }));
        return TableColumns.Compare(tables);
    }
}
