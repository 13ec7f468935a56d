using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>Forms of queries that the recordings show one example of, in all their kinds; what a real Cube 1.7.43 makes of each was observed on the same model and data.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class QueryFormTests(RecordedShop shop)
{
    [Theory]
    [InlineData("today", "2026-11-21T00:00:00.000", "2026-11-21T23:59:59.999")]
    [InlineData("tomorrow", "2026-11-22T00:00:00.000", "2026-11-22T23:59:59.999")]
    [InlineData("this hour", "2026-11-21T00:00:00.000", "2026-11-21T00:59:59.999")]
    [InlineData("this quarter", "2026-10-01T00:00:00.000", "2026-12-31T23:59:59.999")]
    [InlineData("last week", "2026-11-09T00:00:00.000", "2026-11-15T23:59:59.999")]
    [InlineData("next month", "2026-12-01T00:00:00.000", "2026-12-31T23:59:59.999")]
    [InlineData("last 2 weeks", "2026-11-02T00:00:00.000", "2026-11-15T23:59:59.999")]
    [InlineData("last 2 quarters", "2026-04-01T00:00:00.000", "2026-09-30T23:59:59.999")]
    [InlineData("last 24 hours", "2026-11-20T00:00:00.000", "2026-11-20T23:59:59.999")]
    [InlineData("next 3 days", "2026-11-22T00:00:00.000", "2026-11-24T23:59:59.999")]
    [InlineData("last 0 days", "2026-11-21T00:00:00.000", "2026-11-20T23:59:59.999")]
    [InlineData(" LAST   7 DAYS ", "2026-11-14T00:00:00.000", "2026-11-20T23:59:59.999")]
    [InlineData("over the last 3 days", "2026-11-18T00:00:00.000", "2026-11-20T23:59:59.999")]
    [InlineData("from a week ago to today", "2026-11-21T00:00:00.000", "2026-11-21T23:59:59.999")]
    [InlineData("from 3 months ago to 1 month ago", "2026-08-21T00:00:00.000", "2026-10-21T23:59:59.999")]
    [InlineData("from 15 minutes ago to now", "2026-11-20T23:55:00.000", "2026-11-21T00:10:59.999")]
    [InlineData("from now to 3 days from now", "2026-11-21T00:00:00.000", "2026-11-24T23:59:59.999")]
    [InlineData("3 hours ago", "2026-11-20T21:00:00.000", "2026-11-20T21:59:59.999")]
    [InlineData("in 3 days", "2026-11-24T00:00:00.000", "2026-11-24T23:59:59.999")]
    [InlineData("a month ago", "2026-10-21T00:00:00.000", "2026-10-21T23:59:59.999")]
    [InlineData("2026-02-10", "2026-02-10T00:00:00.000", "2026-02-10T23:59:59.999")]
    [InlineData("2026-02-10T10:00:00", "2026-02-10T00:00:00.000", "2026-02-10T23:59:59.999")]
    [InlineData("2026/02/10", "2026-02-10T00:00:00.000", "2026-02-10T23:59:59.999")]
    [InlineData("Jan 5 2026", "2026-01-05T00:00:00.000", "2026-01-05T23:59:59.999")]
    [InlineData("jun 1st", "2026-06-01T00:00:00.000", "2026-06-01T23:59:59.999")]
    [InlineData("january", "2027-01-01T00:00:00.000", "2027-01-01T23:59:59.999")]
    [InlineData("monday", "2026-11-23T00:00:00.000", "2026-11-23T23:59:59.999")]
    [InlineData("on wednesday", "2026-11-18T00:00:00.000", "2026-11-18T23:59:59.999")]
    [InlineData("last saturday", "2026-11-14T00:00:00.000", "2026-11-14T23:59:59.999")]
    [InlineData("this saturday", "2026-11-21T00:00:00.000", "2026-11-21T23:59:59.999")]
    [InlineData("next sunday", "2026-11-29T00:00:00.000", "2026-11-29T23:59:59.999")]
    [InlineData("past 3 hours", "2026-11-20T21:00:00.000", "2026-11-20T21:59:59.999")]
    [InlineData("two days ago", "2026-11-19T00:00:00.000", "2026-11-19T23:59:59.999")]
    [InlineData("7 days ago to now", "2026-11-14T00:00:00.000", "2026-11-21T23:59:59.999")]
    [InlineData("2026-01-01 - 2026-02-01", "2026-01-01T00:00:00.000", "2026-02-01T23:59:59.999")]
    public async Task A_range_in_words(string words, string from, string to)
    {
        var time = (await EchoAsync($$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"{{words}}"}]}"""))["timeDimensions"]![0]!;
        Assert.Equal([from, to], Texts(time["dateRange"]));
    }

    [Theory]
    [InlineData("""["2026-01-01"]""", "2026-01-01T00:00:00.000", "2026-01-01T23:59:59.999")]
    [InlineData("""["2026-01","2026-03"]""", "2026-01-01T00:00:00.000", "2026-03-01T00:00:00.000")]
    [InlineData("""["2026","2026-06-01"]""", "2026-01-01T00:00:00.000", "2026-06-01T23:59:59.999")]
    [InlineData("""["20260101","2026-02-12T10"]""", "2026-01-01T00:00:00.000", "2026-02-12T10:00:00.000")]
    [InlineData("""["2026-01-01T00:00:00+02:00","2026-01-31T00:00:00Z"]""", "2025-12-31T22:00:00.000", "2026-01-31T00:00:00.000")]
    [InlineData("""["2026-05-01","2026-04-01"]""", "2026-05-01T00:00:00.000", "2026-04-01T23:59:59.999")]
    public async Task A_range_of_dates(string range, string from, string to)
    {
        var time = (await EchoAsync($$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":{{range}}}]}"""))["timeDimensions"]![0]!;
        Assert.Equal([from, to], Texts(time["dateRange"]));
    }

    [Theory]
    [InlineData("beforeDate", "last month", "2026-10-01T00:00:00.000")]
    [InlineData("afterOrOnDate", "last month", "2026-10-01T00:00:00.000")]
    [InlineData("beforeOrOnDate", "last month", "2026-10-31T23:59:59.999")]
    [InlineData("afterDate", "last month", "2026-10-31T23:59:59.999")]
    [InlineData("afterDate", "2026-06-01", "2026-06-01")]
    [InlineData("onTheDate", "yesterday", "2026-11-20T00:00:00.000,2026-11-20T23:59:59.999")]
    public async Task A_relative_date_in_a_filter(string operation, string value, string expected)
    {
        var filter = (await EchoAsync($$"""{"measures":["Orders.count"],"filters":[{"or":[{"member":"Orders.order_date","operator":"{{operation}}","values":["{{value}}"]}]}]}"""))["filters"]![0]!["or"]![0]!;
        Assert.Equal(expected.Split(','), Texts(filter["values"]));
    }

    [Theory]
    [InlineData("second", 15)]
    [InlineData("minute", 15)]
    [InlineData("hour", 14)]
    [InlineData("day", 2)]
    [InlineData("week", 2)]
    [InlineData("month", 2)]
    [InlineData("quarter", 2)]
    [InlineData("year", 1)]
    public async Task Every_granularity(string granularity, int atLeast)
    {
        var rows = await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"{{granularity}}","dateRange":["2026-06-30","2026-07-01"]}]}""");
        var total = (await shop.Cube.RowsAsync("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":["2026-06-30","2026-07-01"]}]}"""))[0]!["Orders.count"]!.GetValue<string>();
        Assert.Equal(total, rows.Sum(row => int.Parse(row!["Orders.count"]!.GetValue<string>())).ToString());
        if (granularity is "day" or "month" or "quarter") Assert.Equal(2, rows.Count);
        else Assert.True(granularity is "week" or "year" ? rows.Count == 1 : rows.Count >= Math.Min(atLeast, int.Parse(total) / 2), $"{rows.Count} rows");
    }

    [Theory]
    // Numbers and booleans are texts after normalisation.
    [InlineData("""{"member":"OrderItems.quantity_dim","operator":"equals","values":[3]}""", "3000")]
    [InlineData("""{"member":"OrderItems.quantity_dim","operator":"gt","values":[4.5]}""", "3000")]
    [InlineData("""{"member":"OrderItems.quantity_dim","operator":"in","values":["1","2"]}""", "6000")]
    [InlineData("""{"member":"OrderItems.quantity_dim","operator":"notIn","values":["1","2"]}""", "9000")]
    [InlineData("""{"dimension":"OrderItems.quantity_dim","operator":"lte","values":["007"]}""", "15000")]
    public async Task Numbers_in_filters(string filter, string count) =>
        Assert.Equal(count, (await shop.Cube.RowsAsync($$"""{"measures":["OrderItems.count"],"filters":[{{filter}}]}"""))[0]!["OrderItems.count"]!.GetValue<string>());

    [Theory]
    [InlineData("""{"timezone":"europe/berlin"}""", "Europe/Berlin")]
    [InlineData("""{"timezone":""}""", "UTC")]
    [InlineData("""{"timezone":null}""", "UTC")]
    public async Task A_time_zone_is_given_its_name(string part, string name) =>
        Assert.Equal(name, (await EchoAsync($$"""{"measures":["Orders.count"],{{part[1..]}}"""))["timezone"]!.GetValue<string>());

    [Theory]
    [InlineData("""{"order":{"count":"asc"}}""")]
    [InlineData("""{"order":[["count","desc"]]}""")]
    [InlineData("""{"order":[]}""")]
    [InlineData("""{"order":[["orders.COUNT","asc"]]}""")]
    public async Task Forms_of_order_that_change_nothing(string part) =>
        Assert.Equal("5000", (await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],{{part[1..]}}"""))[0]!["Orders.count"]!.GetValue<string>());

    [Fact]
    public async Task Order_by_a_time_dimension_means_its_granularity()
    {
        var rows = await shop.Cube.RowsAsync("""{"measures":["Orders.count"],"dimensions":["Orders.status"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month","dateRange":"this year"}],"order":[["Orders.order_date.month","desc"],["Orders.status","asc"]]}""");
        var keys = rows.Select(row => (Month: row!["Orders.order_date.month"]!.GetValue<string>(), Status: row["Orders.status"]!.GetValue<string>())).ToList();
        Assert.Equal(keys.OrderByDescending(key => key.Month, StringComparer.Ordinal).ThenBy(key => key.Status, StringComparer.Ordinal), keys);
    }

    [Theory]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":null}]}""", "Invalid query format: \"timeDimensions[0].granularity\" must be a string")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":[]}]}""", """Values required for filter: {"member":"Orders.status","operator":"equals","values":[]}""")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","dimension":"Orders.status","operator":"set"}]}""", "Invalid query format: \"filters[0]\" does not match any of the allowed types")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.order_date","operator":"inDateRange","values":["last month","today"]}]}""", """Relative-date strings are only supported when `values` has a single element for operator `inDateRange`. Pass an absolute two-element [start, end] pair, or a single relative string like ["last 2 weeks"]. Got: ["last month","today"]""")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"Soonish"}]}""", "Can't parse date: 'soonish'")]
    [InlineData("""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"from Foo to bar"}]}""", "Can't parse date: 'foo'")]
    [InlineData("""{"measures":["Orders.count"],"timezone":"Mars/Olympus"}""", "Invalid query format: \"timezone\" must be a valid IANA time zone, got \"Mars/Olympus\"")]
    [InlineData("""{"measures":["Orders.count"],"ungrouped":true,"filters":[{"member":"Orders.count","operator":"gt","values":["1"]}]}""", "Measure filters aren't allowed in ungrouped query")]
    [InlineData("""{"measures":["Orders.count"],"cache":"x"}""", "Invalid query format: \"cacheMode\" must be one of [stale-if-slow, stale-while-revalidate, must-revalidate, no-cache]")]
    [InlineData("""{"dimensions":[{"a":1}]}""", "Invalid query format: \"dimensions[0]\" does not match any of the allowed types")]
    [InlineData("""{"measures":["Orders.count"],"maskedMembers":[]}""", "maskedMembers cannot be provided in the query")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"member":"Orders.order_date","operator":"gt","values":["2026-06"]}]}""", "Error: Conversion Error: invalid timestamp field format: \"2026-06\", expected format is (YYYY-MM-DD HH:MM:SS[.US][±HH[:MM[:SS]]| ZONE])")]
    [InlineData("""{"measures":["Orders.count"],"filters":[{"or":[{"member":"Orders.count","operator":"measureFilter"},{"member":"Orders.status","operator":"set"}]}]}""", """You cannot use dimension and measure in same condition: {"or":[{"member":"Orders.count","operator":"measureFilter"},{"member":"Orders.status","operator":"set"}]}""")]
    [InlineData("""{"measures":["Orders.count"],"order":[["Orders count","asc"]]}""", """Invalid query format: "order[0][0]" with value "Orders count" fails to match the required pattern: /^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$|^[a-zA-Z0-9_]+$|^[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+\.[a-zA-Z0-9_]+$/""")]
    public async Task What_cube_refuses(string query, string error) => Assert.Equal(error, await shop.Cube.ErrorAsync(query));

    [Theory]
    [InlineData("2026")]
    [InlineData("2026-06")]
    [InlineData("20260601")]
    [InlineData("a few days ago")]
    public async Task Words_that_are_no_date(string words) =>
        Assert.Equal($"Can't parse date: '{words}'", await shop.Cube.ErrorAsync($$"""{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"{{words}}"}]}"""));

    // Counts that Cube 1.7.43 gave: a text with an offset is that moment, one without is of the query's time zone; equals, gt and the like compare what is stored.
    [Theory]
    [InlineData("beforeDate", "2026-06-01T10:00:00Z", "UTC", "3751")]
    [InlineData("beforeDate", "2026-06-01T10:00:00Z", "America/New_York", "3751")]
    [InlineData("beforeDate", "2026-06-01T10:00:00", "America/New_York", "3752")]
    [InlineData("lt", "2026-06-01T10:00:00", "UTC", "3751")]
    [InlineData("lt", "2026-06-01T10:00:00", "America/New_York", "3751")]
    [InlineData("equals", "2026-11-19T04:29:41", "America/New_York", "1")]
    public async Task A_time_in_a_filter(string operation, string value, string timezone, string count) =>
        Assert.Equal(count, await CountAsync($$"""{"filters":[{"member":"Orders.order_date","operator":"{{operation}}","values":["{{value}}"]}],"timezone":"{{timezone}}"}"""));

    [Theory]
    [InlineData("""{"filters":[{"or":[{"member":"Orders.status","operator":"equals","values":["completed"]},{"and":[{"or":[]}]}]}]}""", "2499")]
    [InlineData("""{"filters":[{"member":"Orders.region","operator":"notContains","values":[null]}]}""", "5000")]
    [InlineData("""{"filters":[{"member":"Orders.big","operator":"set"}]}""", "5000")]
    [InlineData("""{"filters":[{"member":"Orders.completed_count","operator":"measureFilter"}]}""", "2499")]
    [InlineData("""{"filters":[{"member":"Orders.count","operator":"measureFilter"}]}""", "5000")]
    [InlineData("""{"cache":null}""", "5000")]
    public async Task What_cube_takes(string part, string count) => Assert.Equal(count, await CountAsync(part));

    [Fact]
    public async Task Lists_take_comparisons_and_formats_for_an_echo()
    {
        const string Time = "\"dimension\":\"Orders.order_date\",\"granularity\":\"year\"";
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid,
            $$"""{"query":[{"measures":["Orders.count"],"timeDimensions":[{ {{Time}},"compareDateRange":["last month",["2026-01-01"]]}],"responseFormat":"compact"}],"queryType":"multi"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        var result = Assert.Single(body!["results"]!.AsArray())!;
        Assert.Equal("""[["2026-10-01T00:00:00.000","2026-10-31T23:59:59.999"],["2026-01-01"]]""", result["query"]!["timeDimensions"]![0]!["compareDateRange"]!.ToJsonString());
        Assert.Equal(["2024-01-01T00:00:00.000", "2025-01-01T00:00:00.000", "2026-01-01T00:00:00.000"], result["data"]!.AsArray().Select(row => row!["time.year"]!.GetValue<string>()));
        // Alone, what is compared takes the place of the range.
        (_, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/dry-run", Tokens.Valid,
            $$$"""{"query":{"measures":["Orders.count"],"timeDimensions":[{ {{{Time}}},"dateRange":"today","compareDateRange":["last month","this month"]}]}}""");
        Assert.Equal(["compareDateRange"], Texts(body!["normalizedQueries"]![0]!["dimensions"]));
        Assert.Empty(body["normalizedQueries"]![1]!["dimensions"]!.AsArray());
        Assert.Null(body["normalizedQueries"]![1]!["queryType"]);
        (_, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, """{"query":[]}""");
        Assert.Equal("Data blending query without granularity is not supported", body!["error"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("compact", """{"members":[],"dataset":[]}""")]
    [InlineData("columnar", """{"members":[],"columns":[]}""")]
    public async Task No_rows_have_no_members(string format, string data)
    {
        var (_, body) = await shop.Cube.LoadAsync($$"""{"dimensions":["Orders.status"],"limit":0,"responseFormat":"{{format}}"}""");
        Assert.Equal(data, body!["data"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""[["Orders.region","desc"],["Nope.x","asc"]]""", """{"Orders.region":"desc","Nope.x":"asc"}""")]
    [InlineData("[]", "{}")]
    public async Task A_dry_run_says_the_order_that_was_asked_for(string order, string said)
    {
        var (_, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/dry-run", Tokens.Valid, $$$"""{"query":{"dimensions":["Orders.region"],"order":{{{order}}}},"cache":"no-cache"}""");
        Assert.Equal(said, body!["queryOrder"]![0]!.ToJsonString());
        Assert.Equal("stale-if-slow", body["pivotQuery"]!["cacheMode"]!.GetValue<string>());
    }

    [Fact]
    public async Task Several_queries_need_a_client_that_knows_them()
    {
        var compare = """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","compareDateRange":["last month",["2026-09-01","2026-09-30"]]}]}""";
        Assert.Equal("'compareDateRangeQuery' query type is not supported by the client.Please update the client.", await shop.Cube.ErrorAsync(compare));
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, $$"""{"query":{{compare}},"queryType":"multi"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("compareDateRangeQuery", body!["queryType"]!.GetValue<string>());
        Assert.Equal("2026-10-01T00:00:00.000 - 2026-10-31T23:59:59.999", body["results"]![0]!["data"]![0]!["compareDateRange"]!.GetValue<string>());
        Assert.Equal(["compareDateRange"], Texts(body["pivotQuery"]!["dimensions"]));
        // A list of one is a blend, too; a part without granularity goes along with one that has it.
        var month = """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"month","dateRange":"last month"}]}""";
        foreach (var list in (string[])[$"[{month}]", $$"""[{{month}},{"measures":["Customers.count"]}]"""])
        {
            (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, $$"""{"query":{{list}},"queryType":"multi"}""");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Equal("blendingQuery", body!["queryType"]!.GetValue<string>());
            Assert.Equal("2026-10-01T00:00:00.000", body["results"]![0]!["data"]![0]!["time.month"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("no-cache")]
    [InlineData("must-revalidate")]
    [InlineData("stale-while-revalidate")]
    public async Task A_cache_mode_beside_the_query_is_echoed(string mode)
    {
        var (status, body) = await shop.Cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Valid, $$"""{"query":{"measures":["Orders.count"]},"cache":"{{mode}}"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(mode, body!["query"]!["cacheMode"]!.GetValue<string>());
    }

    private async Task<string> CountAsync(string part) =>
        (await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],{{part[1..]}}"""))[0]!["Orders.count"]!.GetValue<string>();

    private async Task<JsonNode> EchoAsync(string query)
    {
        var (status, body) = await shop.Cube.LoadAsync(query);
        Assert.True(status == HttpStatusCode.OK, $"{(int)status} for {query}: {body?.ToJsonString()}");
        return body!["query"]!;
    }

    private static IEnumerable<string> Texts(JsonNode? list) => list!.AsArray().Select(item => item!.GetValue<string>());
}
