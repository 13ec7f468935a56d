using System.Text.Json.Nodes;

namespace Floe.Tests.Cube;

/// <summary>A rollup is read when it gives what the tables give, and only then; it is as new as they are.</summary>
public sealed class RollupTests : IAsyncLifetime
{
    private const string Model = """
        cubes:
          - name: Sales
            sql_table: sales
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
              - {name: shop, sql: shop, type: string}
              - {name: till, sql: till, type: number}
              - {name: sold_at, sql: sold_at, type: time}
            measures:
              - {name: count, type: count}
              - {name: amount, sql: amount, type: sum}
              - {name: largest, sql: amount, type: max}
              - {name: mean, sql: amount, type: avg}
              - {name: average, sql: "{amount} / NULLIF({count}, 0)", type: number}
            segments:
              - {name: large, sql: "{CUBE}.amount > 50"}
            pre_aggregations:
              - {name: by_day, measures: [average, largest, mean], dimensions: [shop], segments: [large], time_dimension: sold_at, granularity: day, partition_granularity: month}
        views:
          - name: shown
            cubes:
              - {join_path: Sales, includes: "*"}
        """;

    private readonly string _model = Directory.CreateTempSubdirectory("floe-model-").FullName;
    private readonly string _data = Directory.CreateTempSubdirectory("floe-data-").FullName;
    private RunningCube _cube = null!;

    public async Task InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_model, "model.yml"), Model);
        Write(400);
        _cube = await RunningCube.StartAsync(_model, _data, RecordedShop.Clock);
        await _cube.WhenReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await _cube.DisposeAsync();
        Directory.Delete(_model, true);
        Directory.Delete(_data, true);
    }

    [Theory]
    [InlineData("""{"measures":["Sales.amount"]}""", true)]
    [InlineData("""{"measures":["Sales.count","Sales.average","Sales.largest"],"dimensions":["Sales.shop"],"segments":["Sales.large"]}""", true)]
    [InlineData("""{"measures":["shown.average"],"dimensions":["shown.shop"],"filters":[{"member":"shown.shop","operator":"notEquals","values":["b"]},{"member":"shown.count","operator":"gt","values":["3"]}]}""", true)]
    [InlineData("""{"measures":["Sales.amount"],"timeDimensions":[{"dimension":"Sales.sold_at","granularity":"week","dateRange":["2026-01-05","2026-02-03"]}]}""", true)]
    [InlineData("""{"measures":["Sales.amount"],"timeDimensions":[{"dimension":"Sales.sold_at","granularity":"year"}],"total":true}""", true)]
    [InlineData("""{"measures":["Sales.count"],"timeDimensions":[{"dimension":"Sales.sold_at","dateRange":["1999-01-05","1999-02-03"]}]}""", true)]
    [InlineData("""{"dimensions":["Sales.shop"]}""", true)]
    // Finer than the rollup, or cut through a day.
    [InlineData("""{"measures":["Sales.amount"],"timeDimensions":[{"dimension":"Sales.sold_at","granularity":"hour"}]}""", false)]
    [InlineData("""{"measures":["Sales.amount"],"timeDimensions":[{"dimension":"Sales.sold_at","granularity":"day","dateRange":["2026-01-05T06:00:00","2026-01-09"]}]}""", false)]
    [InlineData("""{"measures":["Sales.amount"],"timeDimensions":[{"dimension":"Sales.sold_at","granularity":"day"}],"timezone":"Europe/Berlin"}""", false)]
    [InlineData("""{"measures":["Sales.amount"],"filters":[{"member":"Sales.sold_at","operator":"afterDate","values":["2026-01-05"]}]}""", false)]
    // Not in it.
    [InlineData("""{"measures":["Sales.amount"],"dimensions":["Sales.till"]}""", false)]
    [InlineData("""{"measures":["Sales.amount"],"filters":[{"member":"Sales.till","operator":"equals","values":["1"]}]}""", false)]
    [InlineData("""{"measures":["Sales.amount"],"ungrouped":true}""", false)]
    // An average of averages is none.
    [InlineData("""{"measures":["Sales.mean"]}""", false)]
    public async Task Is_read_when_it_covers(string query, bool isRead)
    {
        var (_, sql) = await _cube.SendAsync(HttpMethod.Post, "/cubejs-api/v1/sql", Tokens.Valid, $$"""{"query":{{query}}}""");
        Assert.Equal(isRead, sql!["sql"]!["sql"]![0]!.GetValue<string>().Contains("floe_rollups"));
        Assert.NotEmpty(await _cube.RowsAsync(query));
        if (!isRead) return;
        // A filter on what only the table has, and that all rows pass, leads past the rollup.
        var direct = JsonNode.Parse(query)!;
        var filters = direct["filters"]?.AsArray() ?? [];
        if (direct["filters"] is null) direct["filters"] = filters;
        filters.Add(JsonNode.Parse("""{"member":"Sales.till","operator":"set"}"""));
        Assert.Empty(JsonComparison.Differences(new JsonObject { ["data"] = await RowsAsync(direct.ToJsonString()) }, new JsonObject { ["data"] = await RowsAsync(query) }));
    }

    [Fact]
    public async Task Is_as_new_as_its_tables()
    {
        Assert.Equal("400", (await _cube.RowsAsync("""{"measures":["Sales.count"]}"""))[0]!["Sales.count"]!.GetValue<string>());
        Write(500);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await _cube.RowsAsync("""{"measures":["Sales.count"]}"""))[0]!["Sales.count"]!.GetValue<string>() != "500") await Task.Delay(20, giveUp.Token);
    }

    private async Task<JsonArray> RowsAsync(string query) => (await _cube.RowsAsync(query)).DeepClone().AsArray();

    private void Write(int rows)
    {
        var lines = Enumerable.Range(0, rows).Select(i => $"{i},{"abc"[i % 3]},{i % 4},{new DateTime(2026, 1, 1).AddHours(7 * i):yyyy-MM-dd HH:mm:ss},{i % 101}.5");
        var temporary = Path.Combine(_data, "sales.new");
        File.WriteAllLines(temporary, lines.Prepend("id,shop,till,sold_at,amount"));
        File.Move(temporary, Path.Combine(_data, "sales.csv"), true);
    }
}
