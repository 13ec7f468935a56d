using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Every data test of the project that guards a number is seen to fail: on raw tables that are damaged, and on models that compute wrongly.</summary>
public sealed class BrokenDataTests
{
    [Theory]
    [InlineData("update bronze.orders set total_amount = total_amount + 1 where order_id = (select min(order_id) from bronze.orders)", "order_total_is_the_sum_of_its_lines")]
    [InlineData("update bronze.orders set status = 'lost' where order_id = (select min(order_id) from bronze.orders)", "accepted_values stg_orders.status")]
    [InlineData("delete from bronze.customers where customer_id = (select min(customer_id) from bronze.orders)", "relationships stg_orders.customer_id")]
    [InlineData("update bronze.order_items set product_id = uuid() where order_item_id = (select min(order_item_id) from bronze.order_items)", "relationships stg_order_items.product_id")]
    [InlineData("update bronze.order_items set updated_at = (select min(order_date) from bronze.orders) where order_item_id = (select arg_max(order_item_id, updated_at) from bronze.order_items)", "no_line_is_older_than_its_order")]
    [InlineData("update bronze.customers set created_at = created_at + interval 4000 days", "nothing_happens_before_the_sign_up")]
    public async Task Broken_raw_data_is_noticed(string damage, string test)
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create(o => (o.Customers, o.Products, o.Orders) = (40, 30, 200)));
        db.Execute(damage);
        Assert.Contains(test, (await BuildAsync(DbtFolder.Shipped, db)).Tests.Where(t => t.FailingRows > 0).Select(t => t.Name));
    }

    [Theory]
    [InlineData("marts/mart_revenue.sql", "filter (where status <> 'cancelled'), 0) as revenue", ", 0) as revenue", "revenue_equals_its_orders")]
    [InlineData("marts/mart_revenue.sql", "from {{ ref('int_orders_enriched') }}", "from {{ ref('int_orders_enriched') }} join {{ ref('stg_order_items') }} using (order_id)", "no_row_is_lost_or_multiplied")]
    [InlineData("marts/mart_customer_segments.sql", "from customers\n", "from customers where total_orders > 0\n", "no_row_is_lost_or_multiplied")]
    [InlineData("marts/mart_customer_segments.sql", "else 'new'", "else null", "every_customer_is_in_one_segment")]
    [InlineData("marts/mart_revenue_week_over_week.sql", "on before.order_day = now.order_day - 7", "on before.order_day = (select max(e.order_day) from calendar as e where e.order_day < now.order_day - 5)", "weeks_are_compared_by_date")]
    [InlineData("marts/mart_revenue_week_over_week.sql", "from days\n    cross join", "from (select order_day as day from {{ ref('mart_revenue') }}) as days\n    cross join", "weeks_are_compared_by_date")]
    [InlineData("marts/mart_product_analytics.sql", "from ranked\n", "from ranked where revenue_rank > 1\n", "no_row_is_lost_or_multiplied")]
    [InlineData("intermediate/int_orders_enriched.sql", "orders.total_amount,", "orders.total_amount + 1 as total_amount,", "orders_are_as_they_arrived")]
    [InlineData("intermediate/int_order_items_enriched.sql", "left join {{ ref('stg_orders') }} as orders", "inner join (from {{ ref('stg_orders') }} where status <> 'cancelled') as orders", "no_row_is_lost_or_multiplied")]
    [InlineData("staging/stg_orders.sql", "order by updated_at desc,", "order by updated_at,", "orders_are_as_they_arrived")]
    public async Task A_model_that_computes_wrongly_is_noticed(string file, string right, string wrong, string test)
    {
        using var project = DbtFolder.CopyOfShipped();
        var path = Path.Combine(project.Root, "models", file);
        var sql = File.ReadAllText(path).ReplaceLineEndings("\n");
        Assert.Contains(right, sql);
        File.WriteAllText(path, sql.Replace(right, wrong, StringComparison.Ordinal));
        var first = BatchPlan(GeneratedShop.Clock);
        using var db = GeneratedShop.Load(new(first), new(first.Next(50, GeneratedShop.Clock.AddDays(3), new())));
        Assert.Contains(test, (await BuildAsync(project.Root, db)).Tests.Where(t => t.FailingRows > 0).Select(t => t.Name));
    }

    private static Floe.SeedWorker.Generation.BatchPlan BatchPlan(DateTimeOffset clock) =>
        Floe.SeedWorker.Generation.BatchPlan.First(GeneratedShop.Options(o => (o.Customers, o.Products, o.Orders, o.Items) = (40, 30, 200, 600)), clock);

    private static Task<DbtResults> BuildAsync(string project, DuckDB.NET.Data.DuckDBConnection db) =>
        new DbtRunner(DbtProject.Load(project), new Dictionary<string, string>(), new TableStore(fullRefresh: true), TimeProvider.System).RunAsync(db, DbtVerb.Build, null, default);
}
