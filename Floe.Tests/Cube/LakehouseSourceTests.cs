using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.Tests.Lakehouse;

namespace Floe.Tests.Cube;

/// <summary>The service over the lakehouse, with a principal that may only read: waits for the tables, follows commits, survives an outage.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class LakehouseSourceTests(LakehouseFixture fixture) : IDisposable
{
    private readonly string _model = Directory.CreateTempSubdirectory("floe-model-").FullName;
    private readonly string _cache = Directory.CreateTempSubdirectory("floe-cache-").FullName;

    public void Dispose()
    {
        Directory.Delete(_model, true);
        Directory.Delete(_cache, true);
    }

    [Fact]
    public async Task Commits_are_seen_whole_and_soon()
    {
        const int Commits = 5;
        var ns = await fixture.NewNamespaceAsync();
        await File.WriteAllTextAsync(Path.Combine(_model, "model.yml"), $$"""
            cubes:
              - name: Head
                sql_table: {{ns}}.heads
                measures:
                  - {name: total, sql: total, type: sum}
              - name: Line
                sql_table: {{ns}}.lines
                measures:
                  - {name: amount, sql: amount, type: sum}
            """);
        await using var cube = await RunningCube.StartAsync(_model, null, settings: fixture.Settings(_cache, asReader: true));
        await WhenAsync(async () => (await cube.ErrorAsync("""{"measures":["Head.total"]}""", HttpStatusCode.ServiceUnavailable)).Contains("is not in the lakehouse yet"));

        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var heads = await CreateAsync(lakehouse, db, new TableIdentifier(ns, "heads"), "SELECT 1::INT AS id, 0::DECIMAL(14,2) AS total");
        var lines = await CreateAsync(lakehouse, db, new TableIdentifier(ns, "lines"), "SELECT 1::INT AS id, 0::DECIMAL(14,2) AS amount");
        await CommitAsync(0);
        await cube.WhenReadyAsync();

        for (var version = 1; version <= Commits; version++)
        {
            await CommitAsync(version);
            await WhenAsync(async () =>
            {
                var (status, body) = await cube.LoadAsync("""{"measures":["Head.total"]}""");
                Assert.Equal(HttpStatusCode.OK, status);
                var head = Value(body!["data"]![0]!["Head.total"]);
                return head == version;
            });
            // Both tables were committed together, so both are new.
            Assert.Equal(version, Value((await cube.RowsAsync("""{"measures":["Line.amount"]}"""))[0]!["Line.amount"]));
        }

        async Task CommitAsync(int version)
        {
            heads = await heads.RefreshAsync(default);
            lines = await lines.RefreshAsync(default);
            var value = version.ToString(CultureInfo.InvariantCulture);
            var headFiles = await lakehouse.Writer.WriteAsync(heads, db, $"SELECT 1::INT AS id, {value}::DECIMAL(14,2) AS total", default);
            var lineFiles = await lakehouse.Writer.WriteAsync(lines, db, $"SELECT 1::INT AS id, {value}::DECIMAL(14,2) AS amount", default);
            await lakehouse.Catalog.CommitTransactionAsync(
                [await heads.NewTransaction().Replace(headFiles).PrepareAsync(default), await lines.NewTransaction().Replace(lineFiles).PrepareAsync(default)],
                default);
        }
    }

    private static async Task<Table> CreateAsync(LakehouseFixture.Lakehouse lakehouse, DuckDBConnection db, TableIdentifier id, string select) =>
        await lakehouse.Catalog.CreateTableAsync(id, await SchemaFromQuery.DescribeAsync(db, select));

    private static int Value(JsonNode? node) => (int)double.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);

    private static async Task WhenAsync(Func<Task<bool>> condition)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(10, giveUp.Token);
    }
}
