namespace Floe.Lakehouse.Contract;

/// <summary>
/// The shop's raw tables: the one definition from which the generator, the Iceberg schemas, the dbt sources and the tests derive.
/// </summary>
public static class Shop
{
    /// <summary>Namespace of the raw tables.</summary>
    public const string Bronze = "bronze";

    /// <summary>Namespace of cleaned and enriched tables.</summary>
    public const string Silver = "silver";

    /// <summary>Namespace of the marts.</summary>
    public const string Gold = "gold";

    /// <summary>All namespaces, in the order of the data's way.</summary>
    public static IReadOnlyList<string> Namespaces { get; } = [Bronze, Silver, Gold];

    /// <summary>Sales regions of customers.</summary>
    public static IReadOnlyList<string> Regions { get; } = ["NA", "EMEA", "APAC", "LATAM"];

    /// <summary>Order states, in the order of an order's life; <c>cancelled</c> ends it at any point before <c>shipped</c>.</summary>
    public static IReadOnlyList<string> OrderStatuses { get; } = ["pending", "processing", "shipped", "delivered", "cancelled"];

    /// <summary>Product categories.</summary>
    public static IReadOnlyList<string> Categories { get; } = ["Electronics", "Clothing", "Home & Garden", "Sports & Outdoors", "Books"];

    /// <summary>Customers of the shop.</summary>
    public static TableContract Customers { get; } = new(Bronze, "customers", "customer_id", "updated_at", "Customers of the shop.",
    [
        new(1, "customer_id", "uuid", true, "Identifies the customer."),
        new(2, "email", "string", false, "E-mail address; missing for a known share of rows."),
        new(3, "name", "string", true, "Full name."),
        new(4, "region", "string", true, "Sales region: NA, EMEA, APAC or LATAM."),
        new(5, "created_at", "timestamptz", true, "When the customer signed up."),
        new(6, "updated_at", "timestamptz", true, "When this version of the row was written."),
    ]);

    /// <summary>Products of the shop.</summary>
    public static TableContract Products { get; } = new(Bronze, "products", "product_id", "updated_at", "Products on sale.",
    [
        new(1, "product_id", "uuid", true, "Identifies the product."),
        new(2, "name", "string", true, "Product name."),
        new(3, "category", "string", true, "Product category."),
        new(4, "price", "decimal(12, 2)", true, "Unit price in the shop's currency."),
        new(5, "created_at", "timestamptz", true, "When the product came on sale."),
        new(6, "updated_at", "timestamptz", true, "When this version of the row was written."),
    ]);

    /// <summary>Orders; the total is the sum of the lines.</summary>
    public static TableContract Orders { get; } = new(Bronze, "orders", "order_id", "updated_at", "Orders; an order's total is the sum of its lines.",
    [
        new(1, "order_id", "uuid", true, "Identifies the order."),
        new(2, "customer_id", "uuid", true, "The customer who ordered."),
        new(3, "status", "string", true, "pending, processing, shipped, delivered or cancelled."),
        new(4, "total_amount", "decimal(14, 2)", true, "Sum of the subtotals of the order's lines."),
        new(5, "order_date", "timestamptz", true, "When the order was placed."),
        new(6, "shipped_date", "timestamptz", false, "When the order was shipped; empty before that, and missing for a known share of shipped orders."),
        new(7, "updated_at", "timestamptz", true, "When this version of the row was written."),
    ]);

    /// <summary>Order lines.</summary>
    public static TableContract OrderItems { get; } = new(Bronze, "order_items", "order_item_id", "updated_at", "Order lines.",
    [
        new(1, "order_item_id", "uuid", true, "Identifies the line."),
        new(2, "order_id", "uuid", true, "The order of the line."),
        new(3, "product_id", "uuid", true, "The product sold."),
        new(4, "quantity", "int", true, "Units sold, 1 or more."),
        new(5, "unit_price", "decimal(12, 2)", true, "The product's price when the order was placed."),
        new(6, "discount", "decimal(12, 2)", false, "Discount of the line in currency, never above quantity x unit_price; missing for a known share of rows (then it is subtotal's difference)."),
        new(7, "subtotal", "decimal(14, 2)", true, "quantity x unit_price - discount."),
        new(8, "updated_at", "timestamptz", true, "When this version of the row was written."),
    ]);

    /// <summary>The raw tables in loading order: a table comes after those it refers to.</summary>
    public static IReadOnlyList<TableContract> Tables { get; } = [Customers, Products, Orders, OrderItems];
}
