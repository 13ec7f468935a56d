using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Floe.ServiceDefaults.Configuration;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Xunit;

namespace Floe.Tests.Cube.Upstream;

/// <summary>Before a Cube (replayed from recordings): what it answers comes through, what is no answer gets a status and a sentence that name the reason.</summary>
public sealed class ForwardingTests
{
    private const string Load = "/cubejs-api/v1/load?query=%7B%22measures%22%3A%5B%22Orders.count%22%5D%7D";

    [Fact]
    public async Task Recorded_answers_come_through_unchanged()
    {
        await using var cube = await ReplayedCube.StartAsync();
        await using var proxy = await cube.BehindAsync();
        var compared = 0;
        foreach (var recording in ReplayedCube.Recordings())
        {
            var (request, expected) = (recording["request"]!, recording["response"]!);
            // Who may ask, which pages may ask, and whether it is ready, this service says itself.
            if (!ReplayedCube.IsWithToken(request) || request["method"]!.GetValue<string>() is "OPTIONS") continue;
            var (status, body) = await proxy.SendAsync(HttpMethod.Parse(request["method"]!.GetValue<string>()), ReplayedCube.TargetOf(request), Tokens.Valid, request["body"]?.ToJsonString());
            Assert.True((int)status == expected["status"]!.GetValue<int>(), $"{recording["name"]}: {(int)status} {body}");
            Assert.True(JsonNode.DeepEquals(expected["body"], body), $"{recording["name"]}: {body}");
            compared++;
        }
        Assert.InRange(compared, 90, 101);
    }

    [Fact]
    public async Task Continue_wait_is_polled_until_the_answer_comes()
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = async (http, number) =>
        {
            if (number > 3) return false;
            await ReplayedCube.ContinueWaitAsync(http);
            return true;
        };
        await using var proxy = await cube.BehindAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, Load) { Headers = { { "Authorization", Tokens.Valid }, { "x-request-id", "mine-span-1" } } };
        using var response = await proxy.Client.SendAsync(request);
        Assert.Equal("5000", JsonNode.Parse(await response.Content.ReadAsStringAsync())!["data"]![0]!["Orders.count"]!.GetValue<string>());
        Assert.Equal(["mine-span-1", "mine-span-2", "mine-span-3", "mine-span-4"], cube.Requests.Select(seen => seen.RequestId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_the_deadline_it_is_504_with_Retry_After(bool hangs)
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = async (http, _) =>
        {
            if (hangs) await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            else await ReplayedCube.ContinueWaitAsync(http);
            return true;
        };
        await using var proxy = await cube.BehindAsync(more: ("Floe:Cube:DeadlineSeconds", "1"));
        using var response = await GetAsync(proxy, Load);
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Equal("1", response.Headers.RetryAfter!.ToString());
        Assert.StartsWith("Cube has not answered within 1 s", await ErrorAsync(response));
    }

    [Fact]
    public async Task Without_Cube_it_is_503_that_names_Cube_and_then_it_answers_again()
    {
        var port = PostgresLauncher.FreePort();
        await using var proxy = await ReplayedCube.BehindAsync($"http://127.0.0.1:{port}", Path.Combine(RecordedShop.Folder, "data"));
        using (var response = await GetAsync(proxy, Load))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.Equal("1", response.Headers.RetryAfter!.ToString());
            Assert.StartsWith("Cube is not available: ", await ErrorAsync(response));
        }
        Assert.Equal(HttpStatusCode.InternalServerError, (await proxy.Client.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await proxy.Client.GetAsync("/livez")).StatusCode);
        await using var cube = await ReplayedCube.StartAsync(port);
        await proxy.WhenReadyAsync();
        using var again = await GetAsync(proxy, Load);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("storage", "the object storage is not available: ")]
    [InlineData("catalog", "the catalog is not available: ")]
    public async Task An_outage_behind_Cube_ends_the_waiting_and_is_named(string which, string expected)
    {
        // Where nobody else comes to answer when they are away.
        var services = new Dictionary<string, ReplayedCube> { ["storage"] = await ReplayedCube.StartAsync(PostgresLauncher.FreePort()), ["catalog"] = await ReplayedCube.StartAsync(PostgresLauncher.FreePort()) };
        await using var cube = await ReplayedCube.StartAsync();
        var waiting = new TaskCompletionSource();
        cube.Misbehave = async (http, _) =>
        {
            waiting.TrySetResult();
            await ReplayedCube.ContinueWaitAsync(http);
            return true;
        };
        await using var proxy = await ReplayedCube.BehindAsync(cube.Address, null, more:
        [
            ("ConnectionStrings:lakehouse", $"Uri={services["catalog"].Address}/api/catalog;Warehouse=lakehouse;ClientId=0123456789abcdef;ClientSecret=no secret"),
            ("ConnectionStrings:minio", $"Endpoint={services["storage"].Address};AccessKey=key;SecretKey=secret"),
        ]);
        await proxy.WhenReadyAsync();
        var asked = GetAsync(proxy, Load, LakehouseToken);
        await waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await services[which].DisposeAsync();
        using (var response = await asked)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
            Assert.StartsWith(expected, await ErrorAsync(response));
        }
        // What Cube's database says about it is replaced, too; what Cube still has in its cache is not.
        cube.Misbehave = async (http, number) =>
        {
            await ReplayedCube.JsonAsync(http, 400, """{"error":"Error: IO Error: Could not establish connection"}""");
            return true;
        };
        using (var response = await GetAsync(proxy, Load, LakehouseToken)) Assert.StartsWith(expected, await ErrorAsync(response));
        cube.Misbehave = null;
        using (var response = await GetAsync(proxy, Load, LakehouseToken)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(expected, await (await proxy.Client.GetAsync("/health")).Content.ReadAsStringAsync());
        foreach (var service in services.Where(service => service.Key != which)) await service.Value.DisposeAsync();
    }

    [Theory]
    [InlineData("Error: ResourceRequest timed out (postgres#default)")]
    [InlineData("Error: connect ECONNREFUSED 127.0.0.1:5432")]
    public async Task A_data_source_that_Cube_gives_up_is_503(string error)
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = Always(400, $$"""{"error":"{{error}}"}""");
        await using var proxy = await cube.BehindAsync();
        using var response = await GetAsync(proxy, Load);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal($"the data source of Cube is not available: {error}", await ErrorAsync(response));
    }

    [Theory]
    [InlineData(500, """{"error":"Internal Server Error"}""")]
    [InlineData(400, """{"error":"Error: Binder Error: column \"x\" does not exist"}""")]
    [InlineData(400, """{"type":"UserError","error":"'nope' not found for path 'Orders.nope'"}""")]
    [InlineData(403, """{"error":"API scope is missing: data"}""")]
    [InlineData(502, "<html><body>Bad gateway</body></html>")]
    public async Task Cubes_own_errors_come_through(int status, string body)
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = Always(status, body);
        await using var proxy = await cube.BehindAsync();
        foreach (var target in new[] { Load, "/cubejs-api/v1/meta" })
        {
            using var response = await GetAsync(proxy, target);
            Assert.Equal(status, (int)response.StatusCode);
            Assert.Equal(body, await response.Content.ReadAsStringAsync());
            Assert.False(response.Headers.Contains("X-Powered-By"));
        }
    }

    [Fact]
    public async Task A_connection_that_breaks_is_tried_once_more_then_502()
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = (http, number) => AbortAsync(http, number == 1);
        await using var proxy = await cube.BehindAsync();
        using (var response = await GetAsync(proxy, Load)) Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        cube.Misbehave = (http, _) => AbortAsync(http, true);
        using (var response = await GetAsync(proxy, $"{Load}&queryType=multi"))
        {
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.StartsWith("Cube broke off its answer: ", await ErrorAsync(response));
        }

        static Task<bool> AbortAsync(HttpContext http, bool abort)
        {
            if (abort) http.Abort();
            return Task.FromResult(abort);
        }
    }

    [Fact]
    public async Task Half_an_answer_is_never_taken_for_a_whole_one()
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = async (http, _) =>
        {
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = 100_000;
            await http.Response.Body.WriteAsync(new byte[50_000]);
            await http.Response.Body.FlushAsync();
            http.Abort();
            return true;
        };
        await using var proxy = await cube.BehindAsync();
        using (var response = await GetAsync(proxy, Load)) Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        // Passed on as it comes, it breaks off here too; unless it broke off before anything had come.
        var e = await Record.ExceptionAsync(async () =>
        {
            using var response = await GetAsync(proxy, "/cubejs-api/v1/meta");
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        });
        Assert.True(e is null or HttpRequestException, $"{e}");
    }

    [Fact]
    public async Task Cube_sees_a_token_of_ours_with_the_callers_claims_and_never_the_callers()
    {
        await using var cube = await ReplayedCube.StartAsync();
        await using var proxy = await cube.BehindAsync();
        var token = Tokens.Sign("""{"sub":"ann","region":["North"],"iat":1760000000,"exp":1900000000,"jti":"x"}""");
        using (var request = new HttpRequestMessage(HttpMethod.Get, Load) { Headers = { { "Authorization", $"Bearer {token}" }, { "Cookie", "a=b" }, { "x-tenant", "t" }, { "Connection", "x-hop" }, { "x-hop", "h" } } })
            await proxy.Client.SendAsync(request);
        var seen = Assert.Single(cube.Requests).Headers;
        var expires = RecordedShop.Clock.ToUnixTimeSeconds() + 60;
        Assert.Equal(Tokens.Sign($$"""{"sub":"ann","region":["North"],"iat":{{expires - 60}},"exp":{{expires}}}""", ReplayedCube.Secret), seen["Authorization"]);
        Assert.Equal("t", seen["x-tenant"]);
        foreach (var dropped in new[] { "Cookie", "x-hop", "Accept-Encoding" }) Assert.False(seen.ContainsKey(dropped), dropped);
        Assert.DoesNotContain(seen.Values, value => value.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_that_Cube_refuses_is_this_services_fault()
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = Always(403, """{"error":"Invalid token"}""");
        await using var proxy = await cube.BehindAsync();
        using (var response = await GetAsync(proxy, Load))
        {
            Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
            Assert.Contains("Floe:Cube:Secret must be the CUBEJS_API_SECRET of Cube", await ErrorAsync(response));
        }
        // A caller's own bad token does not get there.
        var before = cube.Requests.Count;
        using (var response = await GetAsync(proxy, Load, Tokens.Sign(Tokens.ValidPayload, "another secret"))) Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(before, cube.Requests.Count);
    }

    [Fact]
    public async Task Ready_means_that_a_query_is_answered()
    {
        await using var cube = await ReplayedCube.StartAsync();
        cube.MisbehaveForReadiness = async http =>
        {
            if (!http.Request.Path.Value!.EndsWith("/load", StringComparison.Ordinal)) return false;
            await ReplayedCube.JsonAsync(http, 400, """{"error":"Error: Catalog Error: Table with name int_orders_enriched does not exist!"}""");
            return true;
        };
        await using var proxy = await cube.BehindAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!(await (await proxy.Client.GetAsync("/health")).Content.ReadAsStringAsync()).Contains("int_orders_enriched does not exist", StringComparison.Ordinal)) await Task.Delay(20, giveUp.Token);
        Assert.Equal(HttpStatusCode.InternalServerError, (await proxy.Client.GetAsync("/readyz")).StatusCode);
        cube.MisbehaveForReadiness = null;
        await proxy.WhenReadyAsync();
        Assert.Equal(HttpStatusCode.OK, (await proxy.Client.GetAsync("/health")).StatusCode);
    }

    [Fact]
    public async Task The_trace_goes_on_in_Cube_and_the_spans_say_what_was_done()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Floe.CubeProxy",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (spans) spans.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        await using var cube = await ReplayedCube.StartAsync();
        cube.Misbehave = async (http, number) =>
        {
            if (number > 1) return false;
            await ReplayedCube.ContinueWaitAsync(http);
            return true;
        };
        await using var proxy = await cube.BehindAsync();
        await proxy.WhenReadyAsync();
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Load) { Headers = { { "Authorization", Tokens.Valid }, { "traceparent", $"00-{trace}-b7ad6b7169203331-01" } } };
            await proxy.Client.SendAsync(request);
        }
        Assert.Equal(2, cube.Requests.Count);
        Assert.All(cube.Requests, seen => Assert.StartsWith($"00-{trace}-", seen.Headers["traceparent"]));
        // A span ends after the answer has left.
        List<Activity> ours;
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            lock (spans) ours = [.. spans.Where(span => span.TraceId.ToHexString() == trace).OrderBy(span => span.StartTimeUtc)];
            if (ours.Count >= 3 || giveUp.IsCancellationRequested) break;
            await Task.Delay(5);
        }
        Assert.Equal(["cube.load", "cube.load", "cube.upstream"], ours.Select(span => span.OperationName).Order());
        Assert.Equal(1, ours.Single(span => span.OperationName == "cube.upstream").GetTagItem("cube.poll_count"));
        var loads = ours.Where(span => span.OperationName == "cube.load").ToList();
        Assert.Equal(["miss", "hit"], loads.Select(span => span.GetTagItem("cube.cache")));
        Assert.Equal(1, loads[0].GetTagItem("cube.row_count"));
    }

    [Fact]
    public async Task A_caller_who_leaves_is_not_worked_for()
    {
        await using var cube = await ReplayedCube.StartAsync();
        var (asked, left) = (new TaskCompletionSource(), new TaskCompletionSource());
        cube.Misbehave = async (http, _) =>
        {
            asked.TrySetResult();
            http.RequestAborted.Register(() => left.TrySetResult());
            await left.Task;
            return true;
        };
        await using var proxy = await cube.BehindAsync();
        using var impatient = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Get, Load) { Headers = { { "Authorization", Tokens.Valid } } };
        var sent = proxy.Client.SendAsync(request, impatient.Token);
        await asked.Task;
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("Floe:Cube:Upstream", "cube:4000", "Floe:Cube:Upstream is not of the form http://host:port")]
    [InlineData("Floe:Cube:Upstream", "http://user:pass@cube:4000", "Floe:Cube:Upstream is not of the form http://host:port")]
    [InlineData("Floe:Cube:Secret", "short", "Floe:Cube:Secret is missing or shorter than 16 characters")]
    [InlineData("Floe:Cube:DeadlineSeconds", "0", "Floe:Cube:DeadlineSeconds is 0; give a number from 1 to 3600.")]
    [InlineData("Floe:Cube:Upstraem", "x", "Floe:Cube:Upstraem is not a setting")]
    public async Task Settings_are_checked_at_the_start(string key, string value, string expected)
    {
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => ReplayedCube.BehindAsync("http://127.0.0.1:1", Path.Combine(RecordedShop.Folder, "data"), more: (key, value)));
        Assert.Contains(expected, e.Message);
        Assert.DoesNotContain("pass@", e.Message);
    }

    [Fact]
    public async Task Settings_for_a_Cube_without_its_address_are_an_error()
    {
        var e = await Assert.ThrowsAsync<ConfigurationException>(() => ReplayedCube.BehindAsync("", Path.Combine(RecordedShop.Folder, "data")));
        Assert.Equal("Floe:Cube:Secret is set, but Floe:Cube:Upstream is not; give the address of a Cube, or remove both.", e.Message);
    }

    private static string LakehouseToken => Tokens.Sign(Tokens.ValidPayload, RunningCube.LakehouseSecret);

    private static Func<HttpContext, int, Task<bool>> Always(int status, string body) => async (http, _) =>
    {
        await ReplayedCube.JsonAsync(http, status, body);
        return true;
    };

    private static async Task<HttpResponseMessage> GetAsync(RunningCube proxy, string target, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, target);
        request.Headers.TryAddWithoutValidation("Authorization", token ?? Tokens.Valid);
        return await proxy.Client.SendAsync(request);
    }

    private static async Task<string> ErrorAsync(HttpResponseMessage response) => JsonNode.Parse(await response.Content.ReadAsStringAsync())!["error"]!.GetValue<string>();
}
