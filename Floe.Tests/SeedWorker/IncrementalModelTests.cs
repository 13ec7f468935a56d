using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>The project's incremental models after many small runs are what one run over everything makes of the same rows.</summary>
public sealed class IncrementalModelTests
{
    [Fact]
    public async Task Ten_batches_with_late_changed_and_duplicate_rows_come_to_what_a_full_refresh_gives()
    {
        var options = GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders, o.Items, o.DuplicateRate, o.LateArrivalRate) = (60, 25, 400, 1200, 0.1, 0.2));
        var plan = BatchPlan.First(options, GeneratedShop.Clock);
        using var db = GeneratedShop.OpenDatabase();
        var incremental = 0;
        for (var batch = 1; batch <= 10; batch++)
        {
            if (batch > 1)
                plan = plan.Next(40, plan.To.AddHours(11 * batch), options);
            db.Receive(new ShopGenerator(plan));
            if (batch == 4)
            {
                // A customer moves, a product gets another price and name, a customer is new; versions arrive that are older than what is there.
                db.Execute("""
                    insert into arrivals.customers select customer_id, email, name, case region when 'NA' then 'EMEA' else 'NA' end, created_at, updated_at + interval 400 days from bronze.customers limit 3;
                    insert into arrivals.customers select uuid(), null, 'New Name', 'APAC', created_at, created_at from bronze.customers limit 1;
                    insert into arrivals.products select product_id, name || ' II', category, price + 1, created_at, updated_at + interval 400 days from bronze.products limit 2;
                    insert into arrivals.orders select order_id, customer_id, 'pending', total_amount, order_date, null, order_date from bronze.orders limit 20;
                    insert into arrivals.order_items from (select * from bronze.order_items limit 30);
                    """);
                foreach (var table in Shop.Tables)
                    db.Execute($"insert into {table.FullName} select * from arrivals.{table.Name} except select * from {table.FullName}");
            }

            var results = await BuiltMarts.BuildAsync(db, plan.To, fullRefresh: false);
            Assert.Empty(results.Nodes.Where(n => n.Status is not (NodeStatus.Success or NodeStatus.Pass)).Select(n => $"{batch}: {n.Name} {n.Message}"));
            incremental += results.Models.Count(m => m.Incremental);
        }

        var project = DbtProject.Load(DbtFolder.Shipped);
        Assert.Equal(9 * project.Models.Count(m => m.Materialized == Materialization.Incremental), incremental);
        var landed = project.Models.Where(m => m.IcebergNamespace is not null).Select(m => m.Name).ToList();
        db.Execute("create schema incremental");
        foreach (var model in landed)
            db.Execute($"create table incremental.{model} as from main.{model}");
        foreach (var table in Shop.Tables)
            db.Execute($"create or replace table arrivals.{table.Name} as from {table.FullName}");
        Assert.True((await BuiltMarts.BuildAsync(db, plan.To)).Succeeded);

        foreach (var model in landed)
        {
            Assert.Equal(db.Count($"select count(*) from {model}"), db.Count($"select count(*) from incremental.{model}"));
            Assert.Empty(db.Rows($"(from {model} except all from incremental.{model}) union all (from incremental.{model} except all from {model}) limit 5").Select(r => $"{model}: {r}"));
        }
    }

}
