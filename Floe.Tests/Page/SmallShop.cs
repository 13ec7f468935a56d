using System.Globalization;
using System.Text;

namespace Floe.Tests.Page;

/// <summary>Tables of the shapes that the shipped model reads, as CSV files: order i was placed i days ago, its region, status and total follow from i.</summary>
internal sealed class SmallShop : IDisposable
{
    public const int Products = 12;

    private static readonly string[] s_regions = ["NA", "EMEA", "APAC", "LATAM"];
    private static readonly string[] s_statuses = ["pending", "processing", "shipped", "delivered", "cancelled"];

    public static string Model => Path.Combine(AppContext.BaseDirectory, "model");

    public string Folder { get; } = Directory.CreateTempSubdirectory("floe-page-").FullName;

    /// <summary>Orders of a year that were not cancelled, as the page shows them first.</summary>
    public static int Valid(int orders) => Enumerable.Range(0, orders).Count(i => i % 5 != 4);

    public static decimal Revenue(int orders, string? region = null) => Enumerable.Range(0, orders).Where(i => i % 5 != 4 && (region is null || s_regions[i % 4] == region)).Sum(Total);

    public static decimal Total(int order) => 10 + (order * 1.25m);

    /// <summary>Writes all tables anew, one after the other: the service may see some of them before the others.</summary>
    public void Write(int orders)
    {
        var today = DateTime.UtcNow.Date;
        WriteOrders(orders);
        Write("int_order_items_enriched", "order_item_id,order_id,product_id,product_name,category,quantity,unit_price,discount,subtotal,current_price,price_difference,order_date,order_status", orders, i =>
            $"i{i},o{i},p{i % Products},Product {i % Products},Books,2,5.00,0.00,{Text(Total(i))},5.00,0.00,{Text(today.AddDays(-i))},{s_statuses[i % 5]}");
        Write("mart_customer_segments", "customer_id,name,email,region,created_at,total_orders,completed_orders,cancelled_orders,total_revenue,average_order_value,first_order,last_order,days_since_last_order,segment,churn_risk", 20, i =>
            $"c{i},Name {i},c{i}@example.test,{s_regions[i % 4]},{Text(today.AddDays(-400))},3,1,1,{100 + i}.00,30.0000,,,5,{(i % 4 == 0 ? "never_ordered" : "loyal")},low");
        Write("mart_product_analytics", "product_id,name,category,current_price,order_count,units_sold,revenue,average_selling_price,first_sale,last_sale,revenue_rank,category_revenue_rank,performance_tier", Products, i =>
            $"p{i},Product {i},Books,5.00,3,6,82.50,5.0000,,,{i},{i},average");
    }

    /// <summary>Writes one table anew, so that what is new is one set of snapshots.</summary>
    public void WriteOrders(int orders)
    {
        var today = DateTime.UtcNow.Date;
        Write("int_orders_enriched", "order_id,customer_id,region,status,order_date,shipped_date,total_amount,item_count,unit_count,updated_at", orders, i =>
            $"o{i},c{i % 20},{s_regions[i % 4]},{s_statuses[i % 5]},{Text(today.AddDays(-i))},,{Text(Total(i))},1,2,{Text(today)}");
    }

    public void Dispose() => Directory.Delete(Folder, true);

    private void Write(string table, string head, int rows, Func<int, string> row)
    {
        var text = new StringBuilder(head).Append('\n');
        for (var i = 0; i < rows; i++) text.Append(row(i)).Append('\n');
        // Whole or not at all: the service looks several times a second.
        var path = Path.Combine(Folder, $"{table}.csv");
        File.WriteAllText($"{path}.new", text.ToString());
        File.Move($"{path}.new", path, true);
    }

    private static string Text(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Text(decimal amount) => amount.ToString("0.00", CultureInfo.InvariantCulture);
}
