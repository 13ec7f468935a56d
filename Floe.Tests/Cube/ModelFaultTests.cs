using System.Net;
using System.Text.Json.Nodes;
using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Configuration;

namespace Floe.Tests.Cube;

/// <summary>
/// The model is read at the start: what is edited later counts with the next start, and one that is broken stops that start by file and line. What only the tables can
/// show, a column that is not there, costs the members that need it and nothing else.
/// </summary>
public sealed class ModelFaultTests : IAsyncLifetime
{
    private const string Model = """
        cubes:
          - name: Sales
            sql_table: sales
            joins:
              - {name: Shops, sql: "{CUBE}.shop = {Shops}.code", relationship: many_to_one}
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
              - {name: till, sql: till_number, type: number}
              - {name: label, sql: "{till} || '!'", type: string}
            measures:
              - {name: count, type: count}
              - {name: amount, sql: "{CUBE}.amount * 2", type: sum}
              - {name: named, sql: shop, type: sum}
              - {name: share, sql: "{named} / {count}", type: number}
            segments:
              - {name: old, sql: "{CUBE}.sold_at < now()"}
          - name: Shops
            sql_table: shops
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
              - {name: city, sql: city, type: string}
            measures:
              - {name: count, type: count}
          - name: Visits
            sql: SELECT nothing FROM sales
            measures:
              - {name: count, type: count}
        views:
          - name: shown
            cubes:
              - {join_path: Sales, includes: [count, till]}
        """;

    private readonly string _model = Directory.CreateTempSubdirectory("floe-model-").FullName;
    private readonly string _data = Directory.CreateTempSubdirectory("floe-data-").FullName;
    private RunningCube _cube = null!;

    public async Task InitializeAsync()
    {
        File.WriteAllText(Path.Combine(_model, "shop.yml"), Model);
        File.WriteAllText(Path.Combine(_data, "sales.csv"), "id,shop,amount\n1,a,2.50\n2,b,3.50\n");
        File.WriteAllText(Path.Combine(_data, "shops.csv"), "id,city\n1,Bern\n");
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
    [InlineData("""{"dimensions":["Sales.till"]}""", "Error: shop.yml:8: 'Sales.till' cannot be computed: Binder Error: ")]
    [InlineData("""{"dimensions":["Sales.label"]}""", "Error: shop.yml:9: 'Sales.label' cannot be computed: ")]
    [InlineData("""{"measures":["shown.count"],"filters":[{"member":"shown.till","operator":"set"}]}""", "Error: shop.yml:8: 'Sales.till' cannot be computed: ")]
    [InlineData("""{"measures":["Sales.share"]}""", "Error: shop.yml:13: 'Sales.named' cannot be computed: ")]
    [InlineData("""{"measures":["Sales.count"],"segments":["Sales.old"]}""", "Error: shop.yml:16: 'Sales.old' cannot be computed: ")]
    [InlineData("""{"measures":["Sales.count"],"dimensions":["Shops.city"]}""", "Error: shop.yml:5: the join of 'Sales' with 'Shops' cannot be computed: ")]
    [InlineData("""{"measures":["Visits.count"]}""", "Error: shop.yml:24: cube 'Visits' cannot be computed: ")]
    public async Task What_the_tables_lack_is_said_by_file_and_line(string query, string error)
    {
        Assert.StartsWith(error, await _cube.ErrorAsync(query));
        var row = Assert.Single(await _cube.RowsAsync("""{"measures":["Sales.count","Sales.amount"]}"""))!;
        Assert.Equal(("2", "12.00"), (row["Sales.count"]!.GetValue<string>(), row["Sales.amount"]!.GetValue<string>()));
        Assert.Single(await _cube.RowsAsync("""{"dimensions":["Shops.city"]}"""));
        Assert.Equal(HttpStatusCode.OK, (await _cube.Client.GetAsync("/readyz")).StatusCode);
        Assert.Contains("shop.yml:", await (await _cube.Client.GetAsync("/health")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_the_tables_get_later_is_there_without_a_restart()
    {
        File.WriteAllText(Path.Combine(_data, "sales.csv"), "id,shop,amount,till_number\n1,a,2.50,7\n");
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        JsonNode? body;
        while ((body = (await _cube.LoadAsync("""{"dimensions":["Sales.till"]}""")).Body)!["data"] is null) await Task.Delay(20, giveUp.Token);
        Assert.Equal("7", body["data"]![0]!["Sales.till"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_model_that_is_edited_counts_with_the_next_start_and_a_broken_one_stops_it()
    {
        File.WriteAllText(Path.Combine(_model, "shop.yml"), "cubes:\n  - name: Sales\n   sql_table: sales\n");
        Assert.Equal("2", (await _cube.RowsAsync("""{"measures":["Sales.count"]}"""))[0]!["Sales.count"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await _cube.Client.GetAsync("/readyz")).StatusCode);
        var e = Assert.Throws<ConfigurationException>(() => CubeServer.Create(new CubeServerOptions { Model = _model, Data = _data, Port = 0, Secret = RunningCube.Secret }));
        Assert.StartsWith("shop.yml:3: Not valid YAML", e.Message);
        File.WriteAllText(Path.Combine(_model, "shop.yml"), "cubes:\n  - {name: Sales, sql_table: sales, measures: [{name: n, type: count}]}\n");
        await using var next = await RunningCube.StartAsync(_model, _data);
        await next.WhenReadyAsync();
        Assert.Equal("2", (await next.RowsAsync("""{"measures":["Sales.n"]}"""))[0]!["Sales.n"]!.GetValue<string>());
    }
}
