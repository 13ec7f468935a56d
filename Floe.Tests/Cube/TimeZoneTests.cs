using System.Globalization;

namespace Floe.Tests.Cube;

/// <summary>Days and ranges are those of the query's time zone, over the change of the clocks, too.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class TimeZoneTests(RecordedShop shop)
{
    [Theory]
    [InlineData("Europe/Berlin", "day")]
    [InlineData("America/Los_Angeles", "day")]
    [InlineData("Asia/Kolkata", "hour")]
    [InlineData("Pacific/Auckland", "month")]
    [InlineData("UTC", "hour")]
    public async Task Groups_by_local_time(string name, string granularity)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        var (from, to) = (new DateTime(2026, 3, 20), new DateTime(2026, 4, 5));
        var expected = File.ReadLines(Path.Combine(RecordedShop.Folder, "data", "orders.csv")).Skip(1)
            .Select(line => DateTime.ParseExact(line.Split(',')[4], "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture))
            .Select(utc => TimeZoneInfo.ConvertTimeFromUtc(utc, zone))
            .Where(local => local >= from && local < to.AddDays(1))
            .GroupBy(local => granularity switch
            {
                "hour" => local.Date.AddHours(local.Hour),
                "day" => local.Date,
                _ => new DateTime(local.Year, local.Month, 1),
            })
            .OrderBy(group => group.Key)
            .Select(group => $"{group.Key:yyyy-MM-ddTHH:mm:ss.fff} {group.Count()}");

        var rows = await shop.Cube.RowsAsync($$"""{"measures":["Orders.count"],"timezone":"{{name}}","timeDimensions":[{"dimension":"Orders.order_date","granularity":"{{granularity}}","dateRange":["2026-03-20","2026-04-05"]}]}""");
        Assert.Equal(expected, rows.Select(row => $"{row!["Orders.order_date"]} {row["Orders.count"]}"));
    }

    [Fact]
    public async Task Today_begins_at_local_midnight()
    {
        // 00:10 UTC on 21 November is still the 20th in Los Angeles.
        var (_, body) = await shop.Cube.LoadAsync("""{"measures":["Orders.count"],"timezone":"America/Los_Angeles","timeDimensions":[{"dimension":"Orders.order_date","dateRange":"today"}]}""");
        Assert.Equal("""["2026-11-20T00:00:00.000","2026-11-20T23:59:59.999"]""", body!["query"]!["timeDimensions"]![0]!["dateRange"]!.ToJsonString());
    }
}
