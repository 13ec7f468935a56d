using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>The clients that people use, as they use them: psql with its commands for the catalog, node's pg.</summary>
[Collection(RecordedShopCollection.Name)]
public sealed class SqlClientProgramTests(RecordedShop shop)
{
    [SkippableFact]
    public async Task Psql_shows_what_there_is_and_asks_it()
    {
        var output = await PsqlAsync(@"\l", @"\dn", @"\dt", @"\d", @"\dv", @"\du", @"\df", @"\dT", @"\x off", @"\d Orders", @"\d+ customers", @"\dt public.*", @"\conninfo",
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1 LIMIT 1", "SELECT status, MEASURE(total_revenue) FROM Orders WHERE status <> 'cancelled' GROUP BY 1 ORDER BY 2 DESC LIMIT 1");
        Assert.Contains("List of databases\n", output);
        Assert.Contains("List of schemas\n", output);
        Assert.Contains(" public | Orders     | table | cube\n", output);
        Assert.Contains("Table \"public.Orders\"\n", output);
        Assert.Contains(" order_date          | timestamp without time zone |", output);
        Assert.Contains(" total_revenue       | numeric                     |", output);
        Assert.Contains("Table \"public.Customers\"\n", output);
        Assert.Contains(" completed | 5686128.06\n", output.Replace("total_revenue ", "").Replace(" completed |    ", " completed | "));
        Assert.DoesNotContain("ERROR", output);
    }

    [SkippableFact]
    public async Task Node_pg_asks_with_and_without_values()
    {
        NodeScript.Need("pg");
        var answer = JsonNode.Parse(await NodeScript.RunAsync("Cube/SqlApi/node-pg.cjs", new Dictionary<string, string?> { ["PGPASSWORD"] = RecordedShop.SqlPassword }, shop.Cube.SqlPort.ToString(), NodeScript.Modules))!;
        Assert.Equal("""[{"status":"completed","total_revenue":"5686128.06","n":"2499","last":"2026-11-20"}]""", answer["plain"]!.ToJsonString());
        Assert.Equal("""[{"n":"2499"}]""", answer["values"]!.ToJsonString());
        Assert.Matches("""^\[\{"n":"83\d"\}\]$""", answer["named"]!.ToJsonString());
        Assert.Equal("42703", answer["error"]!["code"]!.GetValue<string>());
        Assert.Equal("28P01", answer["wrongPassword"]!.GetValue<string>());
        Assert.Equal(["Customers", "OrderItems", "Orders", "Products"], answer["tables"]!.AsArray().Select(row => row!["table_name"]!.GetValue<string>()));
        Assert.Equal(5000, answer["afterError"]!.GetValue<int>());
    }

    private async Task<string> PsqlAsync(params string[] commands)
    {
        var psql = ClientProgram.Find("psql");
        Skip.If(psql is null, "psql is not installed on this machine; install PostgreSQL's client to run this test.");
        return await ClientProgram.RunAsync(psql!, new Dictionary<string, string?> { ["PGPASSWORD"] = RecordedShop.SqlPassword, ["PGCLIENTENCODING"] = "UTF8" },
            ["-X", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", shop.Cube.SqlPort.ToString(), "-U", "cube", "-d", "cube", .. commands.SelectMany(command => new[] { "-c", command })]);
    }
}
