using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class BrokenDataTests
{
    [Theory]
    [InlineData("update bronze.orders set total_amount = total_amount + 1 where order_id = (select min(order_id) from bronze.orders)", "order_total_is_the_sum_of_its_lines")]
    [InlineData("update bronze.orders set status = 'lost' where order_id = (select min(order_id) from bronze.orders)", "accepted_values stg_orders.status")]
    [InlineData("delete from bronze.customers where customer_id = (select min(customer_id) from bronze.orders)", "relationships stg_orders.customer_id")]
    [InlineData("update bronze.order_items set product_id = uuid() where order_item_id = (select min(order_item_id) from bronze.order_items)", "relationships stg_order_items.product_id")]
    public async Task Broken_raw_data_is_noticed(string damage, string test)
    {
        using var db = GeneratedShop.Load(GeneratedShop.Create(o => (o.Customers, o.Products, o.Orders) = (40, 30, 200)));
        db.Execute(damage);
        var runner = new DbtRunner(DbtProject.Load(DbtFolder.Shipped), new Dictionary<string, string>(), TimeProvider.System);
        await runner.BuildAsync(db, default);
        Assert.Contains(test, (await runner.TestAsync(db, default)).Where(t => t.FailingRows > 0).Select(t => t.Name));
    }
}
