using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Ingest;

namespace Floe.SeedWorker.Maintenance;

/// <summary>Removes old orders from the raw tables: all versions of an order and all its lines, in one commit of both tables.</summary>
public sealed class OrderRetention(ICatalog catalog, DuckDbScan scan, ParquetWriter parquet)
{
    private const string Expired = "expired_orders";

    /// <summary>Orders that were placed before this time may go.</summary>
    /// <param name="now">The time.</param>
    /// <param name="days">Days that orders stay. They are whole ones, so that at most one run a day has something to do.</param>
    /// <param name="lastBatch">The clock of the last batch. When none came for long, the next one brings changes of orders that were young then: they must still be there.</param>
    public static DateTimeOffset Limit(DateTimeOffset now, int days, DateTimeOffset lastBatch)
    {
        var (before, settled) = (new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(-days), lastBatch.AddDays(-MaintenanceOptions.FewestDays));
        return before < settled ? before : settled;
    }

    /// <summary>Removes orders that were placed before a time, or says what it would remove.</summary>
    public async Task<RemovedOrders> RemoveAsync(DateTimeOffset placedBefore, Guid runId, bool dryRun, CancellationToken ct)
    {
        var orders = await catalog.LoadTableAsync(BronzeTables.Identifier(Shop.Orders), ct);
        var items = await catalog.LoadTableAsync(BronzeTables.Identifier(Shop.OrderItems), ct);
        var old = await orders.NewScan().Filter(Expression.LessThan("order_date", placedBefore)).Select("order_id").PlanAsync(ct);
        if (old.Entries.Count == 0)
            return new RemovedOrders(0, 0, 0);

        await using var db = await DuckDbSession.OpenAsync(ct);
        await db.ExecuteAsync($"create temp table {Expired} as select distinct order_id from {await scan.ToSqlAsync(old, ct)}", ct);
        var count = await db.ScalarAsync($"select count(*) from {Expired}", ct);
        if (count == 0)
            return new RemovedOrders(0, 0, 0);
        const string Condition = $"order_id in (select order_id from {Expired})";
        if (dryRun)
        {
            return new RemovedOrders(
                count,
                await db.ScalarAsync($"select count(*) from {await scan.ToSqlAsync(orders, null, ct)} where {Condition}", ct),
                await db.ScalarAsync($"select count(*) from {await scan.ToSqlAsync(items, null, ct)} where {Condition}", ct));
        }

        var (versions, lines) = (0L, 0L);
        var delete = new CopyOnWrite(parquet, scan);
        var commits = new List<TableCommit>();
        try
        {
            foreach (var table in new[] { orders, items })
            {
                var transaction = table.NewTransaction();
                var rows = await delete.DeleteWhereAsync(transaction, db, Condition, ct);
                if (table == orders)
                    versions = rows;
                else
                    lines = rows;
                if (rows > 0)
                    commits.Add(await transaction.WithSummary(BronzeTables.RunKey, runId.ToString()).PrepareAsync(ct));
            }
        }
        catch
        {
            foreach (var commit in commits)
                await AllOrNone.DiscardAsync(commit.Identifier, commit.DiscardAsync);
            throw;
        }

        await catalog.CommitTransactionAsync(commits, ct);
        return new RemovedOrders(count, versions, lines);
    }
}
