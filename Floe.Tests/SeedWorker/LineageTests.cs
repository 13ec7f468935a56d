using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Column lineage of the project's models and of single queries, read from DuckDB's plans.</summary>
public sealed class LineageTests
{
    /// <summary>Column by column; what is not marked is taken over as it is.</summary>
    private const string Shipped = """
        stg_customers:
          customer_id <- bronze.customers.customer_id
          name <- bronze.customers.name Transformation
          email <- bronze.customers.email Transformation
          region <- bronze.customers.region Transformation
          created_at <- bronze.customers.created_at Transformation
          updated_at <- bronze.customers.updated_at Transformation
          rows: bronze.customers.customer_id Filter, bronze.customers.email Filter, bronze.customers.name Filter, bronze.customers.region Filter, bronze.customers.updated_at Filter
        touched_orders:
          order_id <- bronze.order_items.order_id, bronze.orders.order_id
          rows: bronze.customers.customer_id Join, bronze.order_items.order_id GroupBy, bronze.order_items.product_id Join, bronze.orders.customer_id Join, bronze.orders.order_id GroupBy, bronze.products.product_id Join
        stg_orders:
          order_id <- bronze.orders.order_id
          customer_id <- bronze.orders.customer_id
          status <- bronze.orders.status Transformation
          total_amount <- bronze.orders.total_amount
          order_date <- bronze.orders.order_date Transformation
          earliest_date <- bronze.orders.order_date Aggregation, bronze.orders.order_id Window
          shipped_date <- bronze.orders.shipped_date Transformation
          updated_at <- bronze.orders.updated_at Transformation
          rows: bronze.orders.order_id Join, bronze.orders.shipped_date Filter, bronze.orders.status Filter, bronze.orders.total_amount Filter, bronze.orders.updated_at Filter, touched_orders.order_id Join
        settled:
          until <-
          rows: 
        stg_order_items:
          order_item_id <- bronze.order_items.order_item_id
          order_id <- bronze.order_items.order_id
          product_id <- bronze.order_items.product_id
          quantity <- bronze.order_items.quantity
          unit_price <- bronze.order_items.unit_price
          discount <- bronze.order_items.discount Transformation, bronze.order_items.quantity Transformation, bronze.order_items.subtotal Transformation, bronze.order_items.unit_price Transformation
          subtotal <- bronze.order_items.subtotal
          updated_at <- bronze.order_items.updated_at Transformation
          rows: bronze.order_items.discount Filter, bronze.order_items.order_id Join, bronze.order_items.order_item_id Filter, bronze.order_items.quantity Filter, bronze.order_items.subtotal Filter, bronze.order_items.updated_at Filter, stg_orders.earliest_date Filter, touched_orders.order_id Join
        int_orders_enriched:
          order_id <- stg_orders.order_id
          customer_id <- stg_orders.customer_id
          region <- stg_customers.region Transformation
          status <- stg_orders.status
          order_date <- stg_orders.order_date
          shipped_date <- stg_orders.shipped_date
          total_amount <- stg_orders.total_amount
          item_count <-
          unit_count <- stg_order_items.quantity Aggregation
          updated_at <- stg_orders.updated_at
          rows: stg_customers.customer_id Join, stg_order_items.order_id Join, stg_orders.customer_id Join, stg_orders.order_id Join
        int_customer_history:
          customer_id <- stg_customers.customer_id
          settled_until <- settled.until Aggregation
          total_orders <- int_orders_enriched.order_id Aggregation
          completed_orders <- int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          cancelled_orders <- int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          open_orders <- int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          total_revenue <- int_orders_enriched.status Conditional, int_orders_enriched.total_amount Aggregation
          units <- int_orders_enriched.status Conditional, int_orders_enriched.unit_count Aggregation
          first_order <- int_orders_enriched.order_date Aggregation
          last_order <- int_orders_enriched.order_date Aggregation
          rows: int_orders_enriched.customer_id Join, int_orders_enriched.order_date Filter, settled.until Filter, stg_customers.customer_id Join
        int_customer_orders:
          customer_id <- int_customer_history.customer_id, int_orders_enriched.customer_id
          total_orders <- int_customer_history.total_orders Aggregation, int_orders_enriched.order_id Aggregation
          completed_orders <- int_customer_history.completed_orders Aggregation, int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          cancelled_orders <- int_customer_history.cancelled_orders Aggregation, int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          open_orders <- int_customer_history.open_orders Aggregation, int_orders_enriched.order_id Aggregation, int_orders_enriched.status Conditional
          total_revenue <- int_customer_history.total_revenue Aggregation, int_orders_enriched.status Conditional, int_orders_enriched.total_amount Aggregation
          units <- int_customer_history.units Aggregation, int_orders_enriched.status Conditional, int_orders_enriched.unit_count Aggregation
          first_order <- int_customer_history.first_order Aggregation, int_orders_enriched.order_date Aggregation
          last_order <- int_customer_history.last_order Aggregation, int_orders_enriched.order_date Aggregation
          rows: int_customer_history.customer_id Join, int_customer_history.settled_until Filter, int_orders_enriched.customer_id Join, int_orders_enriched.order_date Filter, stg_customers.customer_id Join
        stg_products:
          product_id <- bronze.products.product_id
          name <- bronze.products.name Transformation
          category <- bronze.products.category Transformation
          price <- bronze.products.price
          created_at <- bronze.products.created_at Transformation
          updated_at <- bronze.products.updated_at Transformation
          rows: bronze.products.category Filter, bronze.products.name Filter, bronze.products.price Filter, bronze.products.product_id Filter, bronze.products.updated_at Filter
        int_order_items_enriched:
          order_item_id <- stg_order_items.order_item_id
          order_id <- stg_order_items.order_id
          product_id <- stg_order_items.product_id
          product_name <- stg_products.name
          category <- stg_products.category
          quantity <- stg_order_items.quantity
          unit_price <- stg_order_items.unit_price
          discount <- stg_order_items.discount
          subtotal <- stg_order_items.subtotal
          current_price <- stg_products.price
          price_difference <- stg_order_items.unit_price Transformation, stg_products.price Transformation
          order_date <- stg_orders.order_date
          order_status <- stg_orders.status
          rows: stg_order_items.order_id Join, stg_order_items.product_id Join, stg_orders.order_id Join, stg_products.product_id Join
        int_product_history:
          product_id <- stg_products.product_id
          settled_until <- settled.until Aggregation
          order_count <- int_order_items_enriched.order_id Aggregation
          units_sold <- int_order_items_enriched.quantity Aggregation
          revenue <- int_order_items_enriched.subtotal Aggregation
          discount_given <- int_order_items_enriched.discount Aggregation
          lowest_price <- int_order_items_enriched.unit_price Aggregation
          highest_price <- int_order_items_enriched.unit_price Aggregation
          first_sale <- int_order_items_enriched.order_date Aggregation
          last_sale <- int_order_items_enriched.order_date Aggregation
          rows: int_order_items_enriched.order_date Filter, int_order_items_enriched.order_status Filter, int_order_items_enriched.product_id Join, settled.until Filter, stg_products.product_id Join
        int_product_performance:
          product_id <- int_order_items_enriched.product_id, int_product_history.product_id
          order_count <- int_order_items_enriched.order_id Aggregation, int_product_history.order_count Aggregation
          units_sold <- int_order_items_enriched.quantity Aggregation, int_product_history.units_sold Aggregation
          revenue <- int_order_items_enriched.subtotal Aggregation, int_product_history.revenue Aggregation
          discount_given <- int_order_items_enriched.discount Aggregation, int_product_history.discount_given Aggregation
          lowest_price <- int_order_items_enriched.unit_price Aggregation, int_product_history.lowest_price Aggregation
          highest_price <- int_order_items_enriched.unit_price Aggregation, int_product_history.highest_price Aggregation
          first_sale <- int_order_items_enriched.order_date Aggregation, int_product_history.first_sale Aggregation
          last_sale <- int_order_items_enriched.order_date Aggregation, int_product_history.last_sale Aggregation
          rows: int_order_items_enriched.order_date Filter, int_order_items_enriched.order_status Filter, int_order_items_enriched.product_id Join, int_product_history.product_id Join, int_product_history.settled_until Filter, stg_products.product_id Join
        mart_customer_segments:
          customer_id <- stg_customers.customer_id
          name <- stg_customers.name
          email <- stg_customers.email
          region <- stg_customers.region
          created_at <- stg_customers.created_at
          total_orders <- int_customer_orders.total_orders
          completed_orders <- int_customer_orders.completed_orders
          cancelled_orders <- int_customer_orders.cancelled_orders
          total_revenue <- int_customer_orders.total_revenue
          average_order_value <- int_customer_orders.cancelled_orders Transformation, int_customer_orders.total_orders Transformation, int_customer_orders.total_revenue Transformation
          first_order <- int_customer_orders.first_order
          last_order <- int_customer_orders.last_order
          days_since_last_order <- int_customer_orders.last_order Transformation
          segment <- int_customer_orders.completed_orders Conditional, int_customer_orders.total_orders Conditional, int_customer_orders.total_revenue Conditional
          churn_risk <- int_customer_orders.last_order Conditional
          rows: int_customer_orders.customer_id Join, stg_customers.customer_id Join
        mart_product_analytics:
          product_id <- stg_products.product_id
          name <- stg_products.name
          category <- stg_products.category
          current_price <- stg_products.price
          order_count <- int_product_performance.order_count
          units_sold <- int_product_performance.units_sold
          revenue <- int_product_performance.revenue
          average_selling_price <- int_product_performance.revenue Transformation, int_product_performance.units_sold Transformation
          first_sale <- int_product_performance.first_sale
          last_sale <- int_product_performance.last_sale
          revenue_rank <- int_product_performance.revenue Window
          category_revenue_rank <- int_product_performance.revenue Window, stg_products.category Window
          performance_tier <- int_product_performance.revenue Conditional
          rows: int_product_performance.product_id Join, stg_products.product_id Join
        mart_revenue:
          order_day <- int_orders_enriched.order_date Transformation
          region <- int_orders_enriched.region
          order_count <-
          cancelled_count <- int_orders_enriched.status Conditional
          customer_count <- int_orders_enriched.customer_id Aggregation
          revenue <- int_orders_enriched.status Conditional, int_orders_enriched.total_amount Aggregation
          average_order_value <- int_orders_enriched.status Conditional, int_orders_enriched.total_amount Aggregation
          units <- int_orders_enriched.status Conditional, int_orders_enriched.unit_count Aggregation
          rows: int_orders_enriched.order_date GroupBy, int_orders_enriched.region GroupBy
        mart_revenue_week_over_week:
          order_day <- mart_revenue.order_day Aggregation
          region <- mart_revenue.region
          order_count <- mart_revenue.order_count Transformation
          order_count_week_before <- mart_revenue.order_count Transformation, mart_revenue.order_day Conditional
          revenue <- mart_revenue.revenue Transformation
          revenue_week_before <- mart_revenue.order_day Conditional, mart_revenue.revenue Transformation
          revenue_change <- mart_revenue.order_day Conditional, mart_revenue.revenue Transformation
          revenue_growth <- mart_revenue.revenue Transformation
          rows: mart_revenue.order_day Join, mart_revenue.region Join
        """;

    private static readonly Lazy<Task<ProjectLineage>> s_shipped = new(ShippedAsync);

    [Fact]
    public async Task Every_column_of_every_model_has_the_inputs_that_its_query_says()
    {
        var lineage = await s_shipped.Value;
        Assert.Empty(lineage.Unknown);
        var lines = lineage.Models.SelectMany(m => m.Value.Columns.Select(c => $"  {c.Key} <- {Text(c.Value)}".TrimEnd()).Prepend($"{m.Key}:").Append($"  rows: {Text(m.Value.Rows)}"));
        Assert.Equal(Shipped.ReplaceLineEndings("\n").Split('\n'), lines);
    }

    [Fact]
    public async Task From_gold_to_bronze_through_everything_between()
    {
        var lineage = await s_shipped.Value;
        var revenue = lineage.Through("mart_revenue");
        Assert.Equal(
            """
            order_day <- bronze.orders.order_date Transformation
            region <- bronze.customers.region Transformation
            order_count <-
            cancelled_count <- bronze.orders.status Conditional
            customer_count <- bronze.orders.customer_id Aggregation
            revenue <- bronze.orders.status Conditional, bronze.orders.total_amount Aggregation
            average_order_value <- bronze.orders.status Conditional, bronze.orders.total_amount Aggregation
            units <- bronze.order_items.quantity Aggregation, bronze.orders.status Conditional
            """.ReplaceLineEndings("\n").Split('\n'),
            revenue.Columns.Select(c => $"{c.Key} <- {Text(c.Value)}".TrimEnd()));
        Assert.Equal(Influence.Join, revenue.Rows[new("bronze.customers", "customer_id")]);
        Assert.Equal(Influence.Filter, revenue.Rows[new("bronze.orders", "order_date")]);

        // What becomes of a customer's e-mail: it is in the mart, and nowhere else as a value.
        Assert.Equal("bronze.customers.email Transformation", Text(lineage.Through("mart_customer_segments")["email"]));
        Assert.Equal("bronze.orders.order_id Conditional, bronze.orders.status Conditional, bronze.orders.total_amount Conditional", Text(lineage.Through("mart_customer_segments")["segment"]));

        // Between the tables that are landed: staging that is not is seen through, staging that is stops.
        var items = lineage.BetweenTables("int_order_items_enriched");
        Assert.Equal("bronze.orders.status Transformation", Text(items["order_status"]));
        Assert.Equal("stg_products.name", Text(items["product_name"]));
    }

    [Theory]
    [InlineData("select n as a, g || 'x' as b, 1 as c from {{ source('raw', 'numbers') }}", "a <- raw.numbers.n; b <- raw.numbers.g Transformation; c <-")]
    [InlineData("select * from {{ source('raw', 'numbers') }} join {{ source('raw', 'names') }} using (g)", "n <- raw.numbers.n; g <- raw.numbers.g; d <- raw.numbers.d; name <- raw.names.name")]
    [InlineData("select g from {{ source('raw', 'numbers') }} union all select name from {{ source('raw', 'names') }}", "g <- raw.names.name, raw.numbers.g")]
    [InlineData("with a as (select n + 1 as m, g from {{ source('raw', 'numbers') }}), b as (select max(m) as m, g from a group by g) select b.m, a.g from a, b where a.g = b.g", "m <- raw.numbers.n Aggregation; g <- raw.numbers.g")]
    [InlineData("select case when g = 'a' then n else 0 end as c from {{ source('raw', 'numbers') }}", "c <- raw.numbers.g Conditional, raw.numbers.n Transformation")]
    [InlineData("select sum(n) over (partition by g order by d) as s, lag(n) over (order by d) as l from {{ source('raw', 'numbers') }}", "s <- raw.numbers.d Window, raw.numbers.g Window, raw.numbers.n Aggregation; l <- raw.numbers.d Window, raw.numbers.n Transformation")]
    [InlineData("select sum(n) filter (where g = 'a') as s, count(*) as c from {{ source('raw', 'numbers') }}", "s <- raw.numbers.g Conditional, raw.numbers.n Aggregation; c <-")]
    [InlineData("select n, (select max(name) from {{ source('raw', 'names') }} as s where s.g = t.g) as m from {{ source('raw', 'numbers') }} as t", "n <- raw.numbers.n; m <- raw.names.name Aggregation")]
    [InlineData("select n in (select length(name) from {{ source('raw', 'names') }}) as is_there from {{ source('raw', 'numbers') }}", "is_there <- raw.names.name Join, raw.numbers.n Join")]
    [InlineData("select distinct on (g) n from {{ source('raw', 'numbers') }} order by g, d desc limit 3", "n <- raw.numbers.n")]
    [InlineData("select a.n, b.n as next from {{ source('raw', 'numbers') }} as a asof join {{ source('raw', 'numbers') }} as b on a.g = b.g and a.d >= b.d", "n <- raw.numbers.n; next <- raw.numbers.n")]
    [InlineData("select unnest([n, 1]) as u, g from {{ source('raw', 'numbers') }}", "u <- raw.numbers.n Transformation; g <- raw.numbers.g")]
    [InlineData("select g, n from {{ source('raw', 'numbers') }} except select g, length(name) from {{ source('raw', 'names') }}", "g <- raw.names.g, raw.numbers.g; n <- raw.names.name Transformation, raw.numbers.n Transformation")]
    [InlineData("select x.n from (values (1, 2)) as x(n, m)", "n <-")]
    public async Task Queries_of_every_kind(string sql, string expected)
    {
        var lineage = await OfAsync(sql);
        Assert.Empty(lineage.Unknown.Values);
        Assert.Equal(expected, string.Join("; ", lineage.Models["m"].Columns.Select(c => $"{c.Key} <- {Text(c.Value)}".TrimEnd())));
    }

    [Theory]
    [InlineData("select * from read_csv('/nowhere.csv')")]
    [InlineData("select u, n from {{ source('raw', 'numbers') }}, unnest([n, 1]) as t(u)")]
    [InlineData("with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select * from r")]
    public async Task What_is_not_known_is_not_guessed(string sql)
    {
        var lineage = await OfAsync(sql);
        Assert.Equal(["m"], lineage.Unknown.Keys);
        Assert.Throws<LineageException>(() => lineage.Through("m"));
    }

    [Fact]
    public async Task The_facet_has_OpenLineages_fields()
    {
        var facet = ColumnLineageFacet.Of((await s_shipped.Value).Models["int_orders_enriched"], d => ("floe", $"silver.{d}"));
        Assert.Equal(
            """{"inputFields":[{"namespace":"floe","name":"silver.stg_customers","field":"region","transformations":[{"type":"DIRECT","subtype":"TRANSFORMATION","description":"","masking":false}]}]}""",
            facet["fields"]!["region"]!.ToJsonString());
        Assert.Contains(facet["dataset"]!.AsArray(), f => f!["field"]!.ToString() == "customer_id" && f["transformations"]![0]!["type"]!.ToString() == "INDIRECT" && f["transformations"]![0]!["subtype"]!.ToString() == "JOIN");
    }

    private static string Text(IReadOnlyDictionary<InputColumn, Influence> inputs) =>
        string.Join(", ", inputs.OrderBy(i => i.Key.ToString(), StringComparer.Ordinal).Select(i => i.Value == Influence.Identity ? $"{i.Key}" : $"{i.Key} {i.Value}"));

    private static async Task<ProjectLineage> OfAsync(string sql)
    {
        using var folder = new DbtFolder(("models/m.sql", sql));
        folder.Write("models/sources.yml", "version: 2\nsources:\n  - name: raw\n    tables: [{ name: numbers }, { name: names }]");
        return await ProjectLineage.ReadAsync(folder.Load(), new Dictionary<string, IReadOnlyList<(string Name, string Type)>>
        {
            ["raw.numbers"] = [("n", "integer"), ("g", "varchar"), ("d", "timestamp")],
            ["raw.names"] = [("g", "varchar"), ("name", "varchar")],
        }, default);
    }

    private static Task<ProjectLineage> ShippedAsync()
    {
        var project = DbtProject.Load(DbtFolder.Shipped);
        var sources = project.Sources.ToDictionary(
            s => $"{s.Source}.{s.Table}",
            s => (IReadOnlyList<(string, string)>)[.. Shop.Tables.Single(t => t.Name == s.Table).Columns.Select(c => (c.Name, c.Type == "string" ? "varchar" : c.Type))]);
        return ProjectLineage.ReadAsync(project, sources, default);
    }
}
