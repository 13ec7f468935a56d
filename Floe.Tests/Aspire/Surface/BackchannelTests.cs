using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Cli.Contracts;
using Aspire.Hosting.Cli.JsonRpc;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.Aspire.Surface;

public sealed class BackchannelTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("floe-cli-").FullName;
    private readonly ThingResource _thing = new("thing", context => Task.FromResult(CommandResults.Success($"hello {context.Arguments.GetString("who")}")));
    private SurfaceHost _host = null!;
    private JsonRpcSocketServer _auxiliary = null!, _main = null!;
    private JsonRpcClient _aux = null!;

    public async Task InitializeAsync()
    {
        _host = await SurfaceHost.StartAsync(services => services.AddCliBackchannels().AddPipelines(), _thing, new ThingResource("other"));
        _auxiliary = JsonRpcSocketServer.Start(Path.Combine(_folder, "aux"), _host.HostedService<AuxiliaryBackchannel>().Methods(), NullLogger.Instance);
        _main = JsonRpcSocketServer.Start(Path.Combine(_folder, "main"), _host.HostedService<MainBackchannel>().Methods(), NullLogger.Instance);
        _aux = await JsonRpcClient.ConnectAsync(_auxiliary.Path);
    }

    public async Task DisposeAsync()
    {
        await _aux.DisposeAsync();
        await _auxiliary.DisposeAsync();
        await _main.DisposeAsync();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task The_apphost_says_who_it_is()
    {
        Assert.Contains("aux.v2", (await _aux.CallAsync("GetCapabilitiesAsync")).GetProperty("capabilities").EnumerateArray().Select(c => c.GetString()));
        var information = await _aux.CallAsync("GetAppHostInformationAsync");
        Assert.Equal(Environment.ProcessId, information.GetProperty("processId").GetInt32());
        Assert.EndsWith("Surface.AppHost.csproj", information.GetProperty("appHostPath").GetString(), StringComparison.Ordinal);
        Assert.Equal(Environment.ProcessId.ToString(), (await _aux.CallAsync("GetAppHostInfoAsync")).GetProperty("pid").GetString());
    }

    [Fact]
    public async Task Dashboard_links_come_when_it_answers()
    {
        var urls = _aux.CallAsync("GetDashboardUrlsAsync");
        _host.Services.GetRequiredService<DashboardStatus>().Report(healthy: true);
        var link = $"{_host.Endpoints.Frontend!.GetLeftPart(UriPartial.Authority)}/login?t={SurfaceHost.BrowserToken}";
        Assert.Equal(link, (await urls).GetProperty("baseUrlWithLoginToken").GetString());
        var information = await _aux.CallAsync("GetDashboardInfoAsync");
        Assert.Equal((true, SurfaceHost.ApiKey), (information.GetProperty("isHealthy").GetBoolean(), information.GetProperty("apiToken").GetString()));

        await using var main = await JsonRpcClient.ConnectAsync(_main.Path);
        Assert.Equal(link, (await main.CallAsync("GetDashboardUrlsAsync")).GetProperty("BaseUrlWithLoginToken").GetString());
        Assert.Equal(["baseline.v2", "pipeline-steps.v1"], (await main.CallAsync("GetCapabilitiesAsync")).EnumerateArray().Select(c => c.GetString()));
    }

    /// <summary>The CLI reads these two as the types of Microsoft.Extensions.Logging and drops the whole stream over anything else.</summary>
    [Fact]
    public void A_log_entry_has_an_event_id_with_fields_and_a_level_by_number()
    {
        var entry = JsonSerializer.SerializeToElement(new AppHostLogEntry(new EventId(7, "started"), LogLevel.Warning, "text", DateTimeOffset.UnixEpoch, "category"));
        Assert.Equal((7, "started"), (entry.GetProperty("EventId").GetProperty("Id").GetInt32(), entry.GetProperty("EventId").GetProperty("Name").GetString()));
        Assert.Equal(3, entry.GetProperty("LogLevel").GetInt32());
    }

    [Fact]
    public async Task Resources_hold_every_list_and_no_sensitive_value()
    {
        await _host.Notifications.PublishUpdateAsync(_thing, s => s with
        {
            State = KnownResourceStates.Running,
            Properties = [new("password", "s3cret") { IsSensitive = true }, new("ports", new[] { 1, 2 })],
            Urls = [new("s3", "http://localhost:9000", false)],
        });
        var thing = await EventuallyAsync("GetResourcesAsync", r => r.GetProperty("resources").EnumerateArray().FirstOrDefault(x => x.GetProperty("state").GetString() == "Running"));
        foreach (var list in (string[])["urls", "relationships", "healthReports", "volumes", "environmentVariables", "commands"])
        {
            Assert.Equal(JsonValueKind.Array, thing.GetProperty(list).ValueKind);
        }

        Assert.Equal(("Thing", "Thing", "Healthy"), (thing.GetProperty("type").GetString(), thing.GetProperty("resourceType").GetString(), thing.GetProperty("healthStatus").GetString()));
        Assert.Equal(JsonValueKind.Null, thing.GetProperty("properties").GetProperty("password").ValueKind);
        Assert.Equal("1, 2", thing.GetProperty("properties").GetProperty("ports").GetString());
        Assert.DoesNotContain("s3cret", thing.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(["other", "thing"], (await _aux.PullAsync(await _aux.CallAsync("WatchResourcesAsync"), enough: 2)).Select(r => r.GetProperty("name").GetString()).Order());
    }

    [Fact]
    public async Task Logs_are_cut_searched_merged_and_followed()
    {
        for (var i = 1; i <= 5; i++)
        {
            _host.Logs.GetLogger("thing").LogInformation("line {I}", i);
        }

        _host.Logs.GetLogger("other").LogError("last");
        Assert.Equal([4, 5], (await LinesAsync(new { resourceName = "THING", follow = false, tail = 2 })).Select(l => l.GetProperty("lineNumber").GetInt32()));
        Assert.Equal([3], (await LinesAsync(new { resourceName = "thing", follow = false, search = "LINE 3" })).Select(l => l.GetProperty("lineNumber").GetInt32()));
        Assert.Empty(await LinesAsync(new { resourceName = "nothing", follow = true }));

        var batches = await _aux.PullAsync(await _aux.CallAsync("GetConsoleLogBatchesAsync", new { follow = false, tail = 2 }));
        var merged = batches.SelectMany(b => b.GetProperty("lines").EnumerateArray()).ToList();
        Assert.Equal([("thing", false), ("other", true)], merged.Select(l => (l.GetProperty("resourceName").GetString(), l.GetProperty("isError").GetBoolean())));

        var following = await _aux.CallAsync("GetConsoleLogsAsync", new { resourceName = "thing", follow = true, tail = 1 });
        var first = (await _aux.CallAsync("$/enumerator/next", following.GetProperty("token"))).GetProperty("values").EnumerateArray().ToList();
        Assert.EndsWith("line 5", Assert.Single(first).GetProperty("content").GetString(), StringComparison.Ordinal);
        _host.Logs.GetLogger("thing").LogInformation("line 6");
        Assert.EndsWith("line 6", Assert.Single(await _aux.PullAsync(following, enough: 1)).GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_are_executed_validated_and_refused()
    {
        var done = await _aux.CallAsync("ExecuteResourceCommandAsync", new { resourceName = "thing", commandName = "ping", arguments = new { who = "floe" } });
        Assert.Equal((true, "hello floe"), (done.GetProperty("success").GetBoolean(), done.GetProperty("message").GetString()));
        var only = await _aux.CallAsync("ExecuteResourceCommandAsync", new { resourceName = "thing", commandName = "ping", validateOnly = true });
        Assert.Equal((true, JsonValueKind.Null), (only.GetProperty("success").GetBoolean(), only.GetProperty("message").ValueKind));
        var unknown = await _aux.CallAsync("ExecuteResourceCommandAsync", new { resourceName = "nothing", commandName = "ping" });
        Assert.Equal("Resource 'nothing' not found.", unknown.GetProperty("errorMessage").GetString());
        Assert.Equal(-32000, (await Assert.ThrowsAsync<JsonRpcError>(() => _aux.CallAsync("ExecuteResourceCommandAsync"))).Code);
    }

    [Fact]
    public async Task A_wait_ends_with_the_state_the_failure_or_the_timeout()
    {
        var waiting = _aux.CallAsync("WaitForResourceAsync", new { resourceName = "thing", status = "healthy", timeoutSeconds = 60 });
        await _host.Notifications.PublishUpdateAsync(_thing, s => s with { State = KnownResourceStates.Running });
        Assert.True((await waiting).GetProperty("success").GetBoolean());

        await _host.Notifications.PublishUpdateAsync(_thing, s => s with { State = KnownResourceStates.FailedToStart });
        await _host.UntilFedAsync(thing => thing.Snapshot.State?.Text == KnownResourceStates.FailedToStart, _thing);
        var down = await _aux.CallAsync("WaitForResourceAsync", new { resourceName = "thing", status = "down", timeoutSeconds = 60 });
        Assert.Equal((true, "FailedToStart"), (down.GetProperty("success").GetBoolean(), down.GetProperty("state").GetString()));
        var failed = await _aux.CallAsync("WaitForResourceAsync", new { resourceName = "thing", status = "up", timeoutSeconds = 60 });
        Assert.Equal((false, false), (failed.GetProperty("success").GetBoolean(), failed.GetProperty("timedOut").GetBoolean()));

        Assert.True((await _aux.CallAsync("WaitForResourceAsync", new { resourceName = "nothing" })).GetProperty("resourceNotFound").GetBoolean());
        Assert.True((await _aux.CallAsync("WaitForResourceAsync", new { resourceName = "other", status = "up", timeoutSeconds = 1 })).GetProperty("timedOut").GetBoolean());
        Assert.True((await _aux.CallAsync("WaitForAppHostReadyAsync")).GetProperty("isReady").GetBoolean());
    }

    [Fact]
    public async Task Steps_are_listed_and_a_stop_is_answered_before_it_happens()
    {
        await using var main = await JsonRpcClient.ConnectAsync(_main.Path);
        var steps = (await main.CallAsync("GetPipelineStepsAsync")).GetProperty("Steps").EnumerateArray().ToDictionary(s => s.GetProperty("Name").GetString()!, s => s.GetProperty("DependsOn"));
        Assert.Equal("publish-prereq", steps["publish"].EnumerateArray().Single().GetString());

        var stopping = new TaskCompletionSource();
        _host.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        Assert.Equal(JsonValueKind.Null, (await main.CallAsync("RequestStopAsync")).ValueKind);
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    private async Task<List<JsonElement>> LinesAsync(object request) => await _aux.PullAsync(await _aux.CallAsync("GetConsoleLogsAsync", request));

    private async Task<JsonElement> EventuallyAsync(string method, Func<JsonElement, JsonElement> find)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            if (find(await _aux.CallAsync(method)) is { ValueKind: not JsonValueKind.Undefined } found)
            {
                return found;
            }

            await Task.Delay(10, patience.Token);
        }
    }
}
