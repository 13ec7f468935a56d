using System.Net;
using System.Text.Json.Nodes;
using Floe.Tests.Clients;

namespace Floe.Tests.Cube.Upstream;

/// <summary>The proxy before Cube itself (0.33.65 from npm, over PostgreSQL).</summary>
[Trait("Category", "Long")]
public sealed class RealCubeTests
{
    [SkippableFact]
    public async Task Official_client_and_recorded_queries_get_Cubes_own_answers()
    {
        NodeScript.Need("@cubejs-client/core");
        await using var cube = await RealCube.StartAsync();
        await using var proxy = await BehindAsync(cube);
        await proxy.WhenReadyAsync();

        var client = JsonNode.Parse(await NodeScript.RunAsync("Cube/official-client.mjs", null, new Uri(proxy.Client.BaseAddress!, "/cubejs-api/v1").ToString(), Tokens.Valid, NodeScript.Modules))!;
        Assert.Equal(12, client["rows"]!.AsArray().Count);
        Assert.Equal(12, client["pivot"]!.AsArray().Count);
        Assert.Equal(2, client["compared"]!.AsArray().Count);
        Assert.Equal(3, client["blended"]!.AsArray().Count);
        Assert.Equal(["Customers", "OrderItems", "Orders", "Products"], client["cubes"]!.AsArray().Select(name => name!.GetValue<string>()).Order());
        Assert.Equal(400, client["failure"]!["status"]!.GetValue<int>());
        Assert.Equal("2499", client["long"]![0]!["Orders.count"]!.GetValue<string>());

        // The same asked of Cube itself.
        using var direct = new HttpClient { BaseAddress = new Uri(cube.Address) };
        direct.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", Tokens.Sign(Tokens.ValidPayload, ReplayedCube.Secret));
        var compared = 0;
        foreach (var request in ReplayedCube.Recordings().Select(recording => recording["request"]!).Where(request => ReplayedCube.IsWithToken(request) && request["query"] is not null))
        {
            using var expected = await direct.GetAsync(ReplayedCube.TargetOf(request));
            var (status, body) = await proxy.SendAsync(HttpMethod.Get, ReplayedCube.TargetOf(request), Tokens.Valid);
            Assert.Equal(expected.StatusCode, status);
            Assert.Equal(Timeless(JsonNode.Parse(await expected.Content.ReadAsStringAsync())), Timeless(body));
            compared++;
        }
        Assert.True(compared > 70, $"{compared} compared");
    }

    [SkippableFact]
    public async Task A_slow_query_is_one_answer_and_a_lost_database_is_503()
    {
        await using var cube = await RealCube.StartAsync("""
            cubes:
              - name: Slow
                sql: "select 1 as id from (select pg_sleep(12)) s"
                measures:
                  - {name: count, type: count}
            """);
        await using var proxy = await BehindAsync(cube);
        await proxy.WhenReadyAsync();
        // Twelve seconds: Cube says "Continue wait" after five and ten.
        var (status, body) = await proxy.LoadAsync("""{"measures":["Slow.count"]}""");
        Assert.True(status == HttpStatusCode.OK, body?.ToJsonString());
        Assert.Equal("1", body!["data"]![0]!["Slow.count"]!.GetValue<string>());

        await cube.StopPostgresAsync();
        Assert.Contains("the data source of Cube is not available", await proxy.ErrorAsync("""{"measures":["Products.count"]}""", HttpStatusCode.ServiceUnavailable));
    }

    // Cube checks tokens by the real time.
    private static Task<RunningCube> BehindAsync(RealCube cube) => RunningCube.StartAsync(
        Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), clock: null,
        new Dictionary<string, string?> { ["Floe:Cube:Upstream"] = cube.Address, ["Floe:Cube:Secret"] = ReplayedCube.Secret, ["Floe:Cube:DeadlineSeconds"] = "120" });

    private static string? Timeless(JsonNode? answer)
    {
        foreach (var one in answer?["results"]?.AsArray() ?? [answer]) (one as JsonObject)?.Remove("lastRefreshTime");
        return answer?.ToJsonString();
    }
}
