using System.Net;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Protocol;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Aspire.Surface;

public sealed class ResourceServiceTests : IAsyncLifetime
{
    private readonly ThingResource _thing = new("thing", context =>
    {
        var who = context.Arguments.GetString("who");
        return Task.FromResult(who == "nobody" ? CommandResults.Failure("nobody is there") : CommandResults.Success($"hello {who}", "# hello", global::Aspire.Hosting.ApplicationModel.CommandResultFormat.Markdown, displayImmediately: true));
    });

    private SurfaceHost _host = null!;
    private GrpcClient _client = null!;

    public async Task InitializeAsync()
    {
        _host = await SurfaceHost.StartAsync(services => services.AddResourceFeed().AddResourceService(), _thing, new ThingResource("other"));
        _client = new GrpcClient(_host.Endpoints.ResourceService!, SurfaceHost.ResourceServiceKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("resource-service-kez")]
    [InlineData("")]
    public async Task Without_the_right_key_nothing_is_told(string? key)
    {
        using var stranger = new GrpcClient(_host.Endpoints.ResourceService!, key);
        using var response = await stranger.CallAsync("GetApplicationInformation", new ApplicationInformationRequest());
        Assert.Equal((HttpStatusCode.OK, "16"), (response.HttpStatus, response.Status));
        Assert.Null(await response.ReadAsync(ApplicationInformationResponse.Parser));
    }

    [Fact]
    public async Task The_application_says_its_name_and_an_unknown_method_its_status()
    {
        using var response = await _client.CallAsync("GetApplicationInformation", new ApplicationInformationRequest());
        Assert.Equal("Surface", (await response.ReadAsync(ApplicationInformationResponse.Parser))!.ApplicationName);
        Assert.Null(await response.ReadAsync(ApplicationInformationResponse.Parser));
        Assert.Equal("0", response.Status);

        using var unknown = await _client.CallAsync("UploadFile", new ApplicationInformationRequest());
        Assert.Equal("12", unknown.Status);
    }

    [Fact]
    public async Task A_watch_begins_with_everything_and_goes_on_with_changes()
    {
        await _host.Notifications.PublishUpdateAsync(_thing, s => s with
        {
            State = KnownResourceStates.Running,
            StartTimeStamp = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            IconName = "Database",
            IconVariant = global::Aspire.Hosting.ApplicationModel.IconVariant.Filled,
            EnvironmentVariables = [new("B", "2", true), new("A", null, false)],
            Urls = [new("s3", "http://localhost:9000", false) { DisplayProperties = new("S3", 3) }, new(null, "http://docs", true)],
            Volumes = [new("data", "/data", "volume", true)],
            Relationships = [new("other", "Reference")],
            Properties = [new("secret", "x") { IsSensitive = true, DisplayName = "Secret", IsHighlighted = true, SortOrder = 2 }, new("ports", new[] { 1, 2 })],
        });
        await _host.UntilFedAsync(thing => thing.Snapshot.State?.Text == KnownResourceStates.Running, _thing);
        using var watch = await _client.CallAsync("WatchResources", new WatchResourcesRequest());
        var initial = await NextAsync(watch);
        Assert.Equal(["other", "thing"], initial.InitialData.Resources.Select(r => r.Name).Order());

        var thing = initial.InitialData.Resources.Single(r => r.Name == "thing");
        Assert.Equal(("thing", "Thing", "Running", "thing"), (thing.DisplayName, thing.ResourceType, thing.State, thing.Uid));
        Assert.NotNull(thing.CreatedAt);
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5), thing.StartedAt.ToDateTime());
        Assert.Null(thing.StoppedAt);
        Assert.Equal(["A", "B"], thing.Environment.Select(e => e.Name));
        Assert.Equal((false, true), (thing.Environment[0].HasValue, thing.Environment[1].IsFromSpec));
        Assert.Equal(("s3", "http://localhost:9000", "S3", 3), (thing.Urls[0].EndpointName, thing.Urls[0].FullUrl, thing.Urls[0].DisplayProperties.DisplayName, thing.Urls[0].DisplayProperties.SortOrder));
        Assert.True(thing.Urls[1] is { IsInternal: true, HasEndpointName: false, DisplayProperties: not null });
        Assert.Equal(("data", "/data", "volume", true), (thing.Volumes[0].Source, thing.Volumes[0].Target, thing.Volumes[0].MountType, thing.Volumes[0].IsReadOnly));
        Assert.Contains(thing.Relationships, r => r is { ResourceName: "other", Type: "Reference" });
        var secret = thing.Properties.Single(p => p.Name == "secret");
        Assert.True(secret is { IsSensitive: true, IsHighlighted: true, DisplayName: "Secret", SortOrder: 2 });
        Assert.Equal([1.0, 2.0], thing.Properties.Single(p => p.Name == "ports").Value.ListValue.Values.Select(v => v.NumberValue));
        Assert.All(thing.Properties, p => Assert.NotNull(p.Value));
        var ping = thing.Commands.Single();
        Assert.Equal(("ping", "Ping", "Says hello", "Sure?", true), (ping.Name, ping.DisplayName, ping.DisplayDescription, ping.ConfirmationMessage, ping.IsHighlighted));
        Assert.True(ping.ArgumentInputs.Single() is { Name: "who", InputType: InputType.Text, Required: true });

        await _host.Notifications.PublishUpdateAsync(_thing, s => s with { State = KnownResourceStates.Finished, ExitCode = 3 });
        var change = await NextAsync(watch);
        var upsert = change.Changes.Value.Single().Upsert;
        Assert.Equal(("thing", "Finished"), (upsert.Name, upsert.State));
        Assert.Equal("3", upsert.Properties.Single(p => p.Name == "resource.exitCode").Value.StringValue);
    }

    [Fact]
    public async Task Console_logs_come_from_the_beginning_and_follow()
    {
        var log = _host.Logs.GetLogger("thing");
        log.LogInformation("one");
        log.LogError("two");
        using var all = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "thing", SuppressFollow = true });
        var lines = (await all.ReadAsync(WatchResourceConsoleLogsUpdate.Parser))!.LogLines;
        Assert.Equal([(1, false), (2, true)], lines.Select(l => (l.LineNumber, l.IsStdErr)));
        Assert.EndsWith("one", lines[0].Text, StringComparison.Ordinal);
        Assert.Null(await all.ReadAsync(WatchResourceConsoleLogsUpdate.Parser));
        Assert.Equal("0", all.Status);

        using var following = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "thing" });
        Assert.Equal(2, (await following.ReadAsync(WatchResourceConsoleLogsUpdate.Parser))!.LogLines.Count);
        log.LogInformation("three");
        Assert.EndsWith("three", Assert.Single((await following.ReadAsync(WatchResourceConsoleLogsUpdate.Parser))!.LogLines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_run_with_their_arguments_and_say_how_they_ended()
    {
        var done = await ExecuteAsync("ping", "floe");
        Assert.Equal((ResourceCommandResponseKind.Succeeded, "hello floe", "# hello", global::Aspire.Hosting.Dashboard.Protocol.CommandResultFormat.Markdown, true), (done.Kind, done.Message, done.Result.Value, done.Result.Format, done.Result.DisplayImmediately));
        var failed = await ExecuteAsync("ping", "nobody");
        Assert.Equal((ResourceCommandResponseKind.Failed, "nobody is there"), (failed.Kind, failed.Message));
        var unknown = await ExecuteAsync("pong", "floe");
        Assert.Equal((ResourceCommandResponseKind.Failed, "Command 'pong' not available for resource 'thing'."), (unknown.Kind, unknown.Message));
    }

    [Fact]
    public async Task Interactions_stay_open_until_the_host_stops()
    {
        using var watch = await _client.CallAsync("WatchInteractions", new WatchResourcesRequest());
        var read = watch.ReadAsync(WatchResourcesUpdate.Parser);
        await ExecuteAsync("ping", "floe"); // a whole round trip later it still waits
        Assert.False(read.IsCompleted);
        await _host.HostedService<ResourceServiceHost>().StopAsync(default);
        await Assert.ThrowsAnyAsync<Exception>(() => read.WaitAsync(TimeSpan.FromMinutes(1)));
    }

    private async Task<ResourceCommandResponse> ExecuteAsync(string command, string who)
    {
        var request = new ResourceCommandRequest { CommandName = command, ResourceName = "thing", ResourceType = "Thing", Arguments = { ["who"] = Value.ForString(who) } };
        using var response = await _client.CallAsync("ExecuteResourceCommand", request);
        return (await response.ReadAsync(ResourceCommandResponse.Parser))!;
    }

    // A published change may come in two batches with an earlier one; the newest is what counts.
    private static async Task<WatchResourcesUpdate> NextAsync(GrpcResponse watch)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return (await watch.ReadAsync(WatchResourcesUpdate.Parser, patience.Token))!;
    }
}
