using Floe.Emulators.Polaris.Catalogs;
using Floe.Emulators.Polaris.Errors;
using Floe.Emulators.Polaris.Grants;
using Floe.Emulators.Polaris.Http;
using Floe.Emulators.Polaris.Json;
using Floe.Emulators.Polaris.Store;
using Floe.Emulators.Polaris.Tables;
using Floe.Emulators.Polaris.Tables.Updates;
using Floe.Emulators.Polaris.Tokens;

namespace Floe.Emulators.Polaris.Transactions;

/// <summary><c>POST /v1/{prefix}/transactions/commit</c>: changes of several tables, all or nothing.</summary>
internal sealed class TransactionEndpoint(PolarisDatabase database, TableCommits commits)
{
    public async Task CommitAsync(HttpContext http)
    {
        var body = await http.ReadObjectAsync();
        _ = body.RequiredArray("table-changes");
        var changes = body.Objects("table-changes").Select(change => TableChange.Parse(change, null)).ToList();
        if (changes.Count == 0)
            throw PolarisException.BadRequest("A transaction must change at least one table");
        var caller = http.Caller();
        var catalog = await database.Direct.CatalogAsync(http.RouteText("prefix"), http.RequestAborted);
        await commits.CommitAsync(
            catalog,
            changes,
            (change, path, creates) =>
            {
                caller.Authorize(creates ? Operation.CommitStagedTable : Operation.CommitTransaction, path.Ids);
                foreach (var update in change.Updates)
                    _ = TableUpdates.OperationOf(update);
            },
            http.RequestAborted);
        await http.WriteNothingAsync();
    }
}
