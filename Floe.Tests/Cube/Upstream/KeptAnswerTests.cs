using System.Net;
using System.Text.Json.Nodes;

namespace Floe.Tests.Cube.Upstream;

/// <summary>Answers of Cube are kept by query, caller and set of snapshots, and only when they are as new as it.</summary>
public sealed class KeptAnswerTests : IDisposable
{
    private const string Query = """{"query":{"measures":["Orders.count"]}}""";

    private readonly string _data = Directory.CreateTempSubdirectory("floe-data-").FullName;

    public KeptAnswerTests()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(RecordedShop.Folder, "data"))) File.Copy(path, Path.Combine(_data, Path.GetFileName(path)));
    }

    public void Dispose() => Directory.Delete(_data, true);

    [Fact]
    public async Task Kept_by_query_caller_and_snapshots()
    {
        await using var cube = await ReplayedCube.StartAsync();
        await using var proxy = await ReplayedCube.BehindAsync(cube.Address, _data);
        await proxy.WhenReadyAsync();
        await AskAsync(proxy, Query);
        // The same, written differently, by the same caller with another token.
        await AskAsync(proxy, """{"query":{"measures":["Orders.count"],"filters":[],"limit":10000},"cache":"stale-if-slow"}""", """{"exp":1900000001}""");
        Assert.Single(cube.Requests);
        await AskAsync(proxy, Query, """{"exp":1900000001,"region":"North"}""");
        Assert.Equal(2, cube.Requests.Count);
        await AskAsync(proxy, """{"query":{"measures":["Orders.count"]},"cache":"no-cache"}""");
        Assert.Equal(3, cube.Requests.Count);
        await AskAsync(proxy, """{"query":{"measures":["Orders.count"],"limit":5}}""");
        Assert.Equal(4, cube.Requests.Count);
        // A new set of snapshots.
        await File.AppendAllTextAsync(Path.Combine(_data, "orders.csv"), "\n");
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (cube.Requests.Count == 4)
        {
            await AskAsync(proxy, Query);
            giveUp.Token.ThrowIfCancellationRequested();
        }
        await AskAsync(proxy, Query);
        Assert.Equal(5, cube.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_Cube_may_have_from_before_a_commit_is_not_kept()
    {
        await using var cube = await ReplayedCube.StartAsync();
        // The recorded lastRefreshTime is half a minute after the recorded clock, so before this one.
        await using var proxy = await ReplayedCube.BehindAsync(cube.Address, _data, RecordedShop.Clock.AddMinutes(1));
        await proxy.WhenReadyAsync();
        for (var i = 0; i < 3; i++) await AskAsync(proxy, Query);
        Assert.Equal(3, cube.Requests.Count);
    }

    [Fact]
    public async Task Equal_requests_at_the_same_time_are_one_question_and_errors_are_not_kept()
    {
        await using var cube = await ReplayedCube.StartAsync();
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        cube.Misbehave = async (http, number) =>
        {
            asked.TrySetResult();
            await go.Task;
            if (number > 1) return false;
            await ReplayedCube.JsonAsync(http, 500, """{"error":"once"}""");
            return true;
        };
        await using var proxy = await ReplayedCube.BehindAsync(cube.Address, _data);
        await proxy.WhenReadyAsync();
        var requests = Enumerable.Range(0, 8).Select(_ => SendAsync(proxy, Query)).ToList();
        await asked.Task;
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (proxy.Answers.Waiting < 8) await Task.Delay(10, giveUp.Token);
        go.SetResult();
        Assert.All(await Task.WhenAll(requests), answer => Assert.Equal((HttpStatusCode.InternalServerError, "once"), (answer.Status, answer.Body!["error"]!.GetValue<string>())));
        Assert.Single(cube.Requests);
        await AskAsync(proxy, Query);
        Assert.Equal(2, cube.Requests.Count);
    }

    [Fact]
    public async Task What_this_service_does_not_understand_Cube_judges()
    {
        await using var cube = await ReplayedCube.StartAsync();
        await using var proxy = await ReplayedCube.BehindAsync(cube.Address, _data);
        foreach (var query in new[] { """{"query":{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","dateRange":"christmas"}]}}""", """{"query":{"measures":["Orders.count"],"somethingNew":1}}""" })
        {
            var before = cube.Requests.Count;
            for (var i = 0; i < 2; i++) await AskAsync(proxy, query);
            Assert.Equal(before + 2, cube.Requests.Count);
        }
        var (status, body) = await SendAsync(proxy, "{nope");
        Assert.Equal((HttpStatusCode.BadRequest, "The body is not valid JSON (line 1, byte 2)."), (status, body!["error"]!.GetValue<string>()));
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(RunningCube proxy, string body, string payload = Tokens.ValidPayload) =>
        proxy.SendAsync(HttpMethod.Post, "/cubejs-api/v1/load", Tokens.Sign(payload), body);

    private static async Task AskAsync(RunningCube proxy, string body, string payload = Tokens.ValidPayload)
    {
        var (status, answer) = await SendAsync(proxy, body, payload);
        Assert.True(status == HttpStatusCode.OK, $"{status} {answer}");
    }
}
