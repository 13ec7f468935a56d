using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>The recorded shop with policies on the orders, and things that lead to them.</summary>
public sealed class PolicyShop : IAsyncLifetime
{
    private const string Policy = """
            access_policy:
              - role: seller
                row_level:
                  filters:
                    - member: region
                      operator: equals
                      values: ["{ securityContext.region }"]
                member_level:
                  includes: "*"
                  excludes: [max_order]
              - role: clerk
                row_level:
                  filters:
                    - or:
                        - {member: status, operator: equals, values: [shipped]}
                        - {member: region, operator: equals, values: "{ security_context.user.regions }"}
                member_level: {includes: [count, status]}
              - role: auditor
                conditions:
                  - if: "{ securityContext.is_internal }"
                row_level: {allow_all: true}

        """;

    private const string CustomerDimensions = """
            joins:
              - {name: Orders, sql: "{CUBE}.id = {Orders}.customer_id", relationship: one_to_many}
            dimensions:
              - {name: id_text, sql: "CAST({CUBE}.id AS VARCHAR)", type: string}
              - {name: revenue, sql: "{Orders.total_revenue}", type: number, sub_query: true}

        """;

    private const string View = """
        views:
          - name: open_sales
            cubes:
              - {join_path: Orders, includes: [count, status, order_date]}
            access_policy:
              - role: "*"
                row_level:
                  filters:
                    - {member: status, operator: notEquals, values: [cancelled]}
          - name: revenue_view
            cubes:
              - {join_path: Orders, includes: [total_revenue]}
        """;

    private readonly TemporaryModel _model = new(View, (file, text) => file switch
    {
        "orders.yml" => text.Replace("    dimensions:\n", $"{Policy}    dimensions:\n"),
        "customers.yml" => text.Replace("    dimensions:\n", $"{CustomerDimensions}"),
        _ => text,
    });

    internal RunningCube Cube { get; private set; } = null!;

    public async Task InitializeAsync() => Cube = await _model.StartAsync();

    public async Task DisposeAsync()
    {
        await Cube.DisposeAsync();
        _model.Dispose();
    }
}

/// <summary>Who may see what is decided by the model and the token, and when in doubt by "no".</summary>
public sealed class AccessPolicyTests(PolicyShop shop) : IClassFixture<PolicyShop>
{
    private static readonly List<Order> _orders = [.. ShopRows.Read(Path.Combine(RecordedShop.Folder, "data")).OrdersOnly.Select(row => row.Order!)];

    private readonly RunningCube _cube = shop.Cube;

    [Theory]
    [InlineData("""{"role":"seller","region":"North"}""", "North")]
    [InlineData("""{"roles":["x","seller"],"region":["North","West"]}""", "North,West")]
    [InlineData("""{"groups":["seller"],"region":"' OR 1=1 --"}""", "")]
    public async Task A_claim_limits_the_rows(string claims, string regions)
    {
        var expected = _orders.Count(order => order.Region is not null && regions.Split(',').Contains(order.Region));
        Assert.Equal($"{expected}", await CountAsync(claims));
        // Through joins, too: customers and items of orders that may not be seen are not counted.
        var (status, body) = await AskAsync(claims, """{"measures":["OrderItems.count","Orders.count"],"dimensions":["Customers.region"]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(3 * expected, body!["data"]!.AsArray().Sum(row => int.Parse(row!["OrderItems.count"]!.GetValue<string>())));
    }

    [Theory]
    [InlineData("{}", "Access to 'Orders' is denied: none of its access policies applies to this token.")]
    [InlineData("""{"role":"guest"}""", "Access to 'Orders' is denied: none of its access policies applies to this token.")]
    [InlineData("""{"role":"seller"}""", "Access to 'Orders' is denied: its access policy needs the claim 'region', which this token does not have.")]
    [InlineData("""{"role":"seller","region":null}""", "Access to 'Orders' is denied: its access policy needs the claim 'region', which this token does not have.")]
    [InlineData("""{"role":"seller","region":[]}""", "Access to 'Orders' is denied: its access policy needs the claim 'region', which this token does not have.")]
    [InlineData("""{"role":"seller","region":{"a":1}}""", "Access to 'Orders' is denied: its access policy needs the claim 'region', which this token does not have.")]
    [InlineData("""{"role":"auditor"}""", "Access to 'Orders' is denied: none of its access policies applies to this token.")]
    [InlineData("""{"role":"auditor","is_internal":false}""", "Access to 'Orders' is denied: none of its access policies applies to this token.")]
    [InlineData("""{"role":"*","region":"North"}""", "Access to 'Orders' is denied: none of its access policies applies to this token.")]
    public async Task In_doubt_nothing_is_seen(string claims, string error)
    {
        foreach (var query in (string[])["""{"measures":["Orders.count"]}""", """{"measures":["Customers.lifetime_value"]}""", """{"measures":["Customers.count"],"filters":[{"member":"Orders.status","operator":"set"}]}""", """{"dimensions":["Customers.region"],"segments":["Orders.big"]}"""])
        {
            foreach (var path in (string[])["load", "sql", "dry-run"])
            {
                var (status, body) = await AskAsync(claims, query, path);
                Assert.Equal(HttpStatusCode.Forbidden, status);
                Assert.Equal(error, body!["error"]!.GetValue<string>());
            }
        }
        // What has no policy is there for everybody.
        Assert.Equal(HttpStatusCode.OK, (await AskAsync(claims, """{"measures":["Products.count"]}""")).Status);
    }

    [Fact]
    public async Task Policies_add_up()
    {
        Assert.Equal($"{_orders.Count(order => order.Status == "shipped" || order.Region is "West" or "East")}", await CountAsync("""{"role":"clerk","user":{"regions":["West","East"]}}"""));
        Assert.Equal($"{_orders.Count(order => order.Status == "shipped" || order.Region is "West" or "North")}", await CountAsync("""{"roles":["clerk","seller"],"region":"North","user":{"regions":["West"]}}"""));
        Assert.Equal("5000", await CountAsync("""{"roles":["auditor","seller"],"is_internal":true,"region":"North"}"""));
    }

    [Fact]
    public async Task Members_outside_a_policy_cannot_be_asked_for_or_filtered_by()
    {
        const string Clerk = """{"role":"clerk","user":{"regions":["West"]}}""";
        foreach (var query in (string[])["""{"measures":["Orders.total_revenue"]}""", """{"measures":["Orders.count"],"dimensions":["Orders.region"]}""", """{"measures":["Orders.count"],"filters":[{"member":"Orders.region","operator":"set"}]}""", """{"measures":["Orders.count"],"segments":["Orders.big"]}""", """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"today"}]}"""])
        {
            var (status, body) = await AskAsync(Clerk, query);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Contains("no access policy that applies to this token includes it", body!["error"]!.GetValue<string>());
        }
        Assert.Equal(["Orders.count"], await MeasuresAsync(Clerk));
        Assert.DoesNotContain("Orders.max_order", await MeasuresAsync("""{"role":"seller","region":"North"}"""));
        Assert.Contains("Orders.max_order", await MeasuresAsync("""{"role":"auditor","is_internal":1}"""));
        Assert.Empty(await MeasuresAsync("{}"));
    }

    [Fact]
    public async Task A_member_is_seen_in_the_rows_of_the_policies_that_show_it()
    {
        // The clerk's policy shows two members, the seller's all but one: what only the seller sees, only in the seller's rows.
        const string Both = """{"roles":["clerk","seller"],"region":"North","user":{"regions":["West"]}}""";
        var (_, count) = await AskAsync(Both, """{"measures":["Orders.count"],"dimensions":["Orders.status"]}""");
        Assert.Equal(_orders.Count(order => order.Status == "shipped" || order.Region is "West" or "North"), count!["data"]!.AsArray().Sum(row => int.Parse(row!["Orders.count"]!.GetValue<string>())));
        foreach (var query in (string[])["""{"measures":["Orders.count","Orders.total_revenue"]}""", """{"measures":["Orders.count"],"filters":[{"member":"Orders.region","operator":"set"}]}""", """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":["2000-01-01","2100-01-01"]}]}"""])
        {
            var (status, body) = await AskAsync(Both, query);
            Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
            Assert.Equal($"{_orders.Count(order => order.Region == "North")}", body!["data"]![0]!["Orders.count"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task What_a_member_is_made_of_needs_a_policy_too()
    {
        const string Clerk = """{"role":"clerk","user":{"regions":["West"]}}""";
        foreach (var query in (string[])["""{"measures":["Customers.lifetime_value"]}""", """{"dimensions":["Customers.revenue"]}""", """{"measures":["Customers.count"],"filters":[{"member":"Customers.revenue","operator":"gt","values":["1"]}]}"""])
        {
            var (status, body) = await AskAsync(Clerk, query);
            Assert.Equal(HttpStatusCode.Forbidden, status);
            Assert.Equal("Access to 'Orders.total_revenue' is denied: no access policy that applies to this token includes it.", body!["error"]!.GetValue<string>());
        }
        // A view is a door of its own: it shows what its cube's policies do not, in the rows that they do.
        var (open, shown) = await AskAsync(Clerk, """{"measures":["revenue_view.total_revenue"]}""");
        Assert.True(open == HttpStatusCode.OK, shown?.ToJsonString());
        Assert.Equal(_orders.Where(order => order.Status == "shipped" || order.Region == "West").Sum(order => order.Amount), decimal.Parse(shown!["data"]![0]!["revenue_view.total_revenue"]!.GetValue<string>(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Rows_are_limited_inside_a_sub_query()
    {
        var (status, body) = await AskAsync("""{"role":"seller","region":"North"}""", """{"dimensions":["Customers.id_text","Customers.revenue"],"filters":[{"member":"Customers.revenue","operator":"set"}],"limit":5000}""");
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        var expected = _orders.Where(order => order.Region == "North").GroupBy(order => order.CustomerId).ToDictionary(one => $"{one.Key}", one => one.Sum(order => order.Amount));
        Assert.Equal(expected.Count, body!["data"]!.AsArray().Count);
        foreach (var row in body["data"]!.AsArray()) Assert.Equal(expected[row!["Customers.id_text"]!.GetValue<string>()], decimal.Parse(row["Customers.revenue"]!.GetValue<string>(), CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("""[{"measures":["Products.count"]},{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}]}]""")]
    [InlineData("""[{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}]},{"measures":["Customers.lifetime_value"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"year"}]}]""")]
    [InlineData("""{"measures":["Customers.count"],"timeDimensions":[{"dimension":"Orders.order_date","compareDateRange":["this year","last year"]}]}""")]
    [InlineData("""{"dimensions":["Customers.region","Products.category"],"joinHints":[["Orders","Customers"],["Orders","OrderItems","Products"]]}""")]
    [InlineData("""{"measures":["open_sales.count"]}""")]
    [InlineData("""{"dimensions":["Orders.status"],"ungrouped":true}""")]
    [InlineData("""{"dimensions":["Customers.revenue"]}""")]
    public async Task No_form_of_a_query_goes_around_a_policy(string query)
    {
        foreach (var path in (string[])["load", "sql", "dry-run"])
        {
            var (status, body) = await _cube.SendAsync(HttpMethod.Post, $"/cubejs-api/v1/{path}", Tokens.Sign("""{"role":"guest"}"""), $$"""{"query":{{query}},"queryType":"multi"}""");
            Assert.True(status == HttpStatusCode.Forbidden, $"{path} {(int)status}: {body?.ToJsonString()}");
            Assert.StartsWith("Access to 'Orders", body!["error"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task A_kept_answer_is_for_whom_it_was_made()
    {
        const string Query = """{"measures":["Orders.count"]}""";
        var first = await CountAsync("""{"role":"seller","region":"North","name":"a"}""");
        Assert.NotEqual(first, await CountAsync("""{"role":"seller","region":"South","name":"a"}"""));
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("""{"role":"guest","region":"North","name":"a"}""", Query)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("""{"role":"seller","name":"a"}""", Query)).Status);
        Assert.Equal(first, await CountAsync("""{"name":"b","region":"North","role":"seller"}"""));
    }

    [Fact]
    public async Task The_extended_meta_shows_no_more()
    {
        var (_, meta) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta?extended", Tokens.Sign("""{"role":"clerk","user":{"regions":["West"]}}"""));
        var orders = meta!["cubes"]!.AsArray().Single(cube => cube!["name"]!.GetValue<string>() == "Orders")!;
        Assert.Equal(["Orders.count"], orders["measures"]!.AsArray().Select(measure => measure!["name"]!.GetValue<string>()));
        Assert.Equal(["Orders.status"], orders["dimensions"]!.AsArray().Select(dimension => dimension!["name"]!.GetValue<string>()));
        Assert.Empty(orders["segments"]!.AsArray());
        var (_, guest) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta?extended", Tokens.Sign("{}"));
        Assert.DoesNotContain("Orders", guest!["cubes"]!.AsArray().Select(cube => cube!["name"]!.GetValue<string>()));
    }

    [Fact]
    public async Task A_view_has_its_policy_and_that_of_its_cubes()
    {
        var (status, body) = await AskAsync("""{"role":"seller","region":"North"}""", """{"measures":["open_sales.count"]}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal($"{_orders.Count(order => order.Region == "North" && order.Status != "cancelled")}", body!["data"]![0]!["open_sales.count"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.Forbidden, (await AskAsync("{}", """{"measures":["open_sales.count"]}""")).Status);
    }

    private async Task<string> CountAsync(string claims)
    {
        var (status, body) = await AskAsync(claims, """{"measures":["Orders.count"]}""");
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        return body!["data"]![0]!["Orders.count"]!.GetValue<string>();
    }

    private async Task<List<string>> MeasuresAsync(string claims)
    {
        var (_, meta) = await _cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.Sign(claims));
        return [.. meta!["cubes"]!.AsArray().Where(cube => cube!["name"]!.GetValue<string>() == "Orders").SelectMany(cube => cube!["measures"]!.AsArray()).Select(measure => measure!["name"]!.GetValue<string>())];
    }

    private Task<(HttpStatusCode Status, JsonNode? Body)> AskAsync(string claims, string query, string path = "load") =>
        _cube.SendAsync(HttpMethod.Post, $"/cubejs-api/v1/{path}", Tokens.Sign(claims), $$"""{"query":{{query}}}""");
}
