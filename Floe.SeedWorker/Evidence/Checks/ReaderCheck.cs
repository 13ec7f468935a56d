using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Bootstrap;

namespace Floe.SeedWorker.Evidence.Checks;

/// <summary>CubeProxy's principal can read and cannot write: it tries.</summary>
internal sealed class ReaderCheck(IHttpClientFactory http, BootstrapPlan plan, ICatalog writer, IFileIO files, TimeProvider time) : IEvidenceCheck
{
    private const string Mark = "floe.evidence";

    private static readonly TableIdentifier s_orders = new(Shop.Orders.Namespace, Shop.Orders.Name);

    public string Name => "read-only";

    public string Compared => "the catalog's answers to CubeProxy's principal when it reads, creates a table, changes one, and changes a namespace; what changed";

    public async Task<Finding> RunAsync(EvidenceRequest request, CancellationToken ct)
    {
        using var reader = new RestCatalog(http, plan.Reader.Connection, files, time);
        var table = await reader.LoadTableAsync(s_orders, ct);
        var (made, mark) = (new TableIdentifier(Shop.Gold, $"floe_evidence_{Guid.CreateVersion7():N}"), Guid.CreateVersion7().ToString("N"));
        var (property, nothing) = (new Dictionary<string, string> { [Mark] = mark }, Array.Empty<string>());

        var create = await TryAsync(() => reader.CreateTableAsync(made, new Schema([new NestedField(1, "id", PrimitiveType.Int, false)]), ct: ct));
        var change = await TryAsync(() => reader.CommitTableAsync(new TableCommit(s_orders, [new AssertTableUuid(table.Metadata.TableUuid)], [new SetProperties(property)]), ct));
        var space = await TryAsync(() => reader.UpdateNamespaceAsync(Shop.Gold, property, nothing, ct));

        List<string> changed = [];
        if (await writer.TableExistsAsync(made, ct))
        {
            changed.Add($"the table {made}");
            await writer.DropTableAsync(made, purge: true, ct);
        }

        if ((await writer.LoadTableAsync(s_orders, ct)).Metadata.Properties.GetValueOrDefault(Mark) == mark)
        {
            changed.Add($"a property of {s_orders}");
            await writer.CommitTableAsync(new TableCommit(s_orders, [new AssertTableUuid(table.Metadata.TableUuid)], [new RemoveProperties([Mark])]), ct);
        }

        if ((await writer.LoadNamespaceAsync(Shop.Gold, ct)).GetValueOrDefault(Mark) == mark)
        {
            changed.Add($"a property of {Shop.Gold}");
            await writer.UpdateNamespaceAsync(Shop.Gold, new Dictionary<string, string>(), [Mark], ct);
        }

        return new("read 200, create 403, change 403, namespace 403; nothing changed", $"read 200, create {create}, change {change}, namespace {space}; {(changed.Count == 0 ? "nothing" : string.Join(", ", changed))} changed");
    }

    private static async Task<int> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return 200;
        }
        catch (ForbiddenException)
        {
            return 403;
        }
    }
}
