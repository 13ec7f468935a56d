using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Schemas;
using Floe.SeedWorker.Ingest;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>The raw tables are what the data contract says.</summary>
internal sealed class ContractCheck(ICatalog catalog) : IEvidenceCheck
{
    public string Name => "contract";

    public string Compared => "columns, types and nullability of the bronze tables in the catalog with the data contract";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        var tables = await Task.WhenAll(Shop.Tables.Select(async contract =>
            (Name: contract.FullName, Expected: TableColumns.Of(Schema.FromContract(contract)), Actual: TableColumns.Of((await catalog.LoadTableAsync(BronzeTables.Identifier(contract), ct)).Schema))));
        return TableColumns.Compare(tables);
    }
}
