using System.Net;
using System.Text.Json;

namespace Floe.Tests.Cube;

/// <summary>Wrong and hostile input gets Cube's code and one sentence; the next query is answered as if nothing had been.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class BadInputTests(RecordedShop shop)
{
    [Theory]
    [InlineData("5", "Invalid query format: \"value\" must be of type object")]
    [InlineData("{}", "Query should contain either measures, dimensions or timeDimensions with granularities in order to be valid")]
    [InlineData("""{"measures":5}""", "Invalid query format: \"measures\" must be an array")]
    [InlineData("""{"measures":[5]}""", "Invalid query format: \"measures[0]\" must be one of [string, object]")]
    [InlineData("""{"measures":["Orders"]}""", """Invalid query format: "measures[0]" with value "Orders" fails to match the required pattern: /^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$/""")]
    [InlineData("""{"measures":["Orders.count"],"limit":"5"}""", "Invalid query format: \"limit\" must be a number")]
    [InlineData("""{"measures":["Orders.count"],"limit":1.5}""", "Invalid query format: \"limit\" must be an integer")]
    [InlineData("""{"measures":["Orders.count"],"offset":-1}""", "Invalid query format: \"offset\" must be greater than or equal to 0")]
    [InlineData("""{"measures":["Orders.count"],"limit":1e300}""", "Invalid query format: \"limit\" must be a safe number")]
    [InlineData("""{"measures":["Orders.count"],"order":5}""", "Invalid query format: \"order\" must be one of [object, array]")]
    [InlineData("""{"measures":["Orders.count"],"order":{"Orders.count":"up"}}""", "Invalid query format: \"order.Orders.count\" must be one of [asc, desc]")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{}]}""", "Invalid query format: \"timeDimensions[0].dimension\" is required")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":[]}]}""", "Invalid query format: \"timeDimensions[0].dateRange\" must contain at least 1 items")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":["2026-13-45"]}]}""", "Can't parse date: '2026-13-45'")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"last 99999999 years"}]}""", "Can't parse date: 'last 99999999 years'")]
    [InlineData("""{"measures":["Orders.count"],"timezone":"../../etc/passwd"}""", "Invalid query format: \"timezone\" must be a valid IANA time zone, got \"../../etc/passwd\"")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":[[5]]}]}""", "Invalid query format: \"filters[0]\" does not match any of the allowed types")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.order_date","operator":"afterDate","values":["soon"]}]}""", "Can't parse date: 'soon'")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","compareDateRange":[]}]}""", "Invalid query format: \"timeDimensions[0].compareDateRange\" must contain at least 1 items")]
    [InlineData("""{"measures":["Nope.count"]}""", "Cube 'Nope' not found for path 'Nope.count'")]
    [InlineData("""{"measures":["Orders.status"]}""", "'status' not found for path 'Orders.status'")]
    [InlineData("""{"dimensions":["Orders.count"]}""", "'count' not found for path 'Orders.count'")]
    [InlineData("""{"measures":["OrderItems.count"],"dimensions":["Customers.region","Products.category"]}""", "Can't find join path to join 'OrderItems', 'Customers', 'Products'")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"or":[{"member":"Orders.count","operator":"gt","values":["1"]},{"member":"Orders.status","operator":"set"}]}]}""", """You cannot use dimension and measure in same condition: {"or":[{"member":"Orders.count","operator":"gt","values":["1"]},{"member":"Orders.status","operator":"set"}]}""")]
    [InlineData("""[{"measures":["Orders.count"]},{"measures":["OrderItems.count"]}]""", "Data blending query without granularity is not supported")]
    public async Task Says_what_is_wrong(string query, string error)
    {
        Assert.Equal(error, await shop.Cube.ErrorAsync(query));
        await AssertAliveAsync();
    }

    [Theory]
    [InlineData("'; DROP TABLE orders; --")]
    [InlineData("completed' OR '1'='1")]
    [InlineData("\\' OR 1=1 --")]
    [InlineData("$1")]
    [InlineData("${jndi}")]
    [InlineData("\0")]
    [InlineData("😀 \" ' \\ ; -- /* */")]
    public async Task A_hostile_value_is_only_a_value(string value)
    {
        var text = JsonSerializer.Serialize(value);
        foreach (var operation in (string[])["equals", "contains", "startsWith", "endsWith"])
        {
            var rows = await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"{{operation}}","values":[{{text}}]}]}""");
            Assert.Equal("0", rows[0]!["Orders.count"]!.GetValue<string>());
        }
        foreach (var operation in (string[])["notEquals", "notContains"])
        {
            var rows = await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"{{operation}}","values":[{{text}}]}]}""");
            Assert.Equal("5000", rows[0]!["Orders.count"]!.GetValue<string>());
        }
        foreach (var query in (string[])[
            $$"""{"measures":[{{text}}]}""",
            $$"""{"dimensions":[{{text}}]}""",
            $$"""{"measures":["Orders.count"],"segments":[{{text}}]}""",
            $$"""{"measures":["Orders.count"],"timezone":{{text}}}""",
            $$$"""{"measures":["Orders.count"],"order":{{{{text}}}:"asc"}}""",
            $$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":{{text}}}]}""",
            $$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":{{text}}}]}""",
            $$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":[{{text}},{{text}}]}]}""",
            $$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.total_revenue","operator":"gt","values":[{{text}}]}]}""",
            $$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.order_date","operator":"beforeDate","values":[{{text}}]}]}""",
        ])
        {
            await shop.Cube.ErrorAsync(query);
        }
        await AssertAliveAsync();
    }

    [Fact]
    public async Task A_value_is_never_in_the_sql()
    {
        const string Query = """{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"contains","values":["needle"]},{"member":"Orders.total_revenue","operator":"gt","values":["4711"]}],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"day","dateRange":["2026-01-02","2026-01-03"]}],"timezone":"Europe/Berlin","limit":17,"offset":3,"order":{"Orders.count":"asc"}}""";
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", Tokens.Valid, $"{{\"query\":{Query}}}");
        Assert.Equal(HttpStatusCode.OK, status);
        var sql = body!["sql"]!["sql"]![0]!.GetValue<string>();
        foreach (var value in (string[])["needle", "4711", "2026", "Berlin", "17"]) Assert.DoesNotContain(value, sql);
        Assert.Equal(["2026-01-01T23:00:00.000Z", "2026-01-03T22:59:59.999Z"], body["sql"]!["sql"]![1]!.AsArray().Select(value => value!.GetValue<string>()).Where(value => value.StartsWith("2026")));
    }

    [Fact]
    public async Task A_broken_body_is_the_clients_fault()
    {
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, "{\"query\":");
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.StartsWith("The body is not valid JSON", body!["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_huge_body_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/cubejs-api/v1/load") { Content = new ByteArrayContent(new byte[10_000_000]) };
        request.Headers.TryAddWithoutValidation("Authorization", Tokens.Valid);
        // The answer may come before the body is sent; a client that sends on, as by default after a second, would see a broken pipe.
        request.Headers.ExpectContinue = true;
        using var patient = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(60) }) { BaseAddress = shop.Cube.Client.BaseAddress };
        using var response = await patient.SendAsync(request);
        var status = response.StatusCode;
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, status);
        await AssertAliveAsync();
    }

    [Fact]
    public async Task A_long_list_of_values_is_answered()
    {
        var values = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"v{i}\"").Append("\"completed\""));
        var rows = await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":[{{values}}]}]}""");
        Assert.Equal("2499", rows[0]!["Orders.count"]!.GetValue<string>());
    }

    [Fact]
    public async Task Deep_nesting_is_refused_and_survived()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"and\":[", 5_000)) + """{"member":"Orders.status","operator":"set"}""" + string.Concat(Enumerable.Repeat("]}", 5_000));
        await shop.Cube.ErrorAsync($$"""{"measures":["Orders.count"],"filters":[{{deep}}]}""");
        await AssertAliveAsync();
    }

    [Theory]
    [InlineData("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)")]
    [InlineData("", null)]
    [InlineData("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON")]
    [InlineData("{\"a\":1", "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)")]
    [InlineData("{\"a\":1,}", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)")]
    [InlineData("\"abc", "Unterminated string in JSON at position 4 (line 1 column 5)")]
    [InlineData("{\"measures\":[\"Orders.count\"]} x", "Unexpected non-whitespace character after JSON at position 30 (line 1 column 31)")]
    [InlineData("tru", "Unexpected end of JSON input")]
    public async Task Broken_json_in_the_address_is_explained_as_node_does(string json, string? reason)
    {
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Get, $"/cubejs-api/v1/load?query={Uri.EscapeDataString(json)}", Tokens.Valid);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(reason is null ? "Query param is required" : $"Unable to decode query param as JSON, error: {reason}", body!["error"]!.GetValue<string>());
    }

    private async Task AssertAliveAsync() =>
        Assert.Equal("5000", (await shop.Cube.RowsAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"]!.GetValue<string>());
}
