using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Xunit;

namespace Floe.Tests.Aspire;

public sealed class RunningTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("floe-aspire-");

    [Fact]
    public async Task A_dependent_starts_when_its_dependency_is_healthy_and_a_restart_keeps_the_port()
    {
        var builder = SampleApplication.CreateBuilder();
        var gate = Path.Combine(_folder.FullName, "healthy");
        var ready = new TaskCompletionSource();
        var web = builder.AddWebServer("web", gate).WithHttpHealthCheck("/health")
            .WithEnvironment("TOKEN", builder.AddParameter("token", "s3cret", secret: true))
            .OnResourceReady((_, _, _) => { ready.TrySetResult(); return Task.CompletedTask; });
        var client = builder.AddShell("client", "echo url=$WEB_HTTP; exec sleep 600").WithReference(web.GetEndpoint("http")).WaitFor(web);
        await using var app = builder.Build();
        var starting = app.StartAsync();

        await app.ResourceNotifications.WaitForResourceAsync("web", e => e.Snapshot is { State.Text: "Running", HealthStatus: HealthStatus.Unhealthy }).WaitAsync(SampleApplication.Patience);
        Assert.Equal("Waiting", await app.WaitForStateAsync(client.Resource, "Waiting", "Running"));
        Assert.False(starting.IsCompleted);
        await File.WriteAllTextAsync(gate, "");
        await starting.WaitAsync(SampleApplication.Patience);
        await ready.Task.WaitAsync(SampleApplication.Patience);
        Assert.Equal("Running", await app.WaitForStateAsync(client.Resource, "Running"));
        var url = web.GetEndpoint("http").Url;
        var console = await app.ReadConsoleUntilAsync(client.Resource, "url=");
        Assert.Contains(console, l => l.EndsWith($"url={url}", StringComparison.Ordinal));
        Assert.Contains(console, l => l.EndsWith("Waiting for resource 'web' to become healthy.", StringComparison.Ordinal));

        using var http = new HttpClient();
        var before = await http.GetStringAsync(url);
        var result = await app.ResourceCommands.ExecuteCommandAsync(web.Resource, KnownResourceCommands.RestartCommand);
        Assert.True(result.Success, result.Message);
        Assert.Equal("Successfully restarted 'web'.", result.Message);
        var again = await app.ResourceNotifications.WaitForResourceHealthyAsync("web").WaitAsync(SampleApplication.Patience);
        Assert.NotEqual(before, await http.GetStringAsync(url));
        Assert.Equal(url, Assert.Single(again.Snapshot.Urls).Url);
        Assert.Contains(again.Snapshot.EnvironmentVariables, v => v is { Name: "TOKEN", Value: "s3cret", IsFromSpec: true });
        Assert.Contains(again.Snapshot.EnvironmentVariables, v => v is { Name: "PATH", IsFromSpec: false });
        Assert.Contains(again.Snapshot.Relationships, r => r == new RelationshipSnapshot("token", "Reference"));
    }

    [Fact]
    public async Task What_fails_says_why()
    {
        var builder = SampleApplication.CreateBuilder();
        var missing = builder.AddExecutable("missing", "/no/such/program", _folder.FullName);
        var failing = builder.AddShell("failing", "echo out; echo err >&2; exit 3");
        var valueless = builder.AddShell("valueless", "true").WithEnvironment("X", builder.AddParameter("unset"));
        var waiting = builder.AddShell("waiting", "true").WaitFor(missing);
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(SampleApplication.Patience);

        Assert.Equal("FailedToStart", await app.WaitForStateAsync(missing.Resource, "FailedToStart", "Running"));
        await app.ReadConsoleUntilAsync(missing.Resource, "/no/such/program: no such file or directory");

        var ended = await app.ResourceNotifications.WaitForResourceAsync("failing", e => e.Snapshot.ExitCode is not null).WaitAsync(SampleApplication.Patience);
        Assert.Equal(("Finished", 3), (ended.Snapshot.State!.Text, ended.Snapshot.ExitCode!.Value));
        await app.ReadConsoleUntilAsync(failing.Resource, "out");
        await app.ReadConsoleUntilAsync(failing.Resource, "err");

        Assert.Equal("FailedToStart", await app.WaitForStateAsync(valueless.Resource, "FailedToStart", "Running"));
        await app.ReadConsoleUntilAsync(valueless.Resource, "Parameters:unset");
        Assert.Equal("ValueMissing", await app.ResourceNotifications.WaitForResourceAsync("unset", ["ValueMissing", "Running"]));

        // Without a dashboard nobody could start the dependency again, so the wait ends.
        Assert.Equal("FailedToStart", await app.WaitForStateAsync(waiting.Resource, "FailedToStart", "Running"));
        await app.ReadConsoleUntilAsync(waiting.Resource, "Resource 'waiting' stopped waiting for dependency resource 'missing' because it failed to start.");
    }

    [Fact]
    public async Task The_log_of_what_has_ended_is_complete()
    {
        var builder = SampleApplication.CreateBuilder();
        var shells = Enumerable.Range(0, 8).Select(i => builder.AddShell($"short{i}", $"seq 200 >&2; echo last{i} >&2; exit 3").Resource).ToList();
        await using var app = builder.Build();
        var logs = Task.WhenAll(shells.Select(async shell =>
        {
            await app.WaitForStateAsync(shell, "Finished");
            List<LogLine> lines = [];
            await foreach (var batch in app.Consoles().GetAllAsync(shell)) lines.AddRange(batch);
            return lines.Where(l => l.IsErrorMessage).Select(l => l.Content[(l.Content.IndexOf(' ', StringComparison.Ordinal) + 1)..]).ToList();
        }));
        await app.StartAsync().WaitAsync(SampleApplication.Patience);

        foreach (var (lines, i) in (await logs).Select((lines, i) => (lines, i)))
            Assert.Equal([.. Enumerable.Range(1, 200).Select(n => $"{n}"), $"last{i}"], lines);
    }

    [Fact]
    public async Task Completion_explicit_start_custom_rows_and_replicas()
    {
        var builder = SampleApplication.CreateBuilder();
        var job = builder.AddShell("job", "exit 0");
        var after = builder.AddShell("after", "exec sleep 600").WaitForCompletion(job);
        var later = builder.AddShell("later", "exec sleep 600").WithExplicitStart();
        builder.AddResource(new PlaceholderResource("jaeger")).WithInitialState(new CustomResourceSnapshot
        {
            ResourceType = "Placeholder",
            Properties = [],
            State = new ResourceStateSnapshot("Not started in this mode", KnownResourceStateStyles.Info),
        });
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(SampleApplication.Patience);

        Assert.Equal("Running", await app.WaitForStateAsync(after.Resource, "Running", "FailedToStart"));
        var row = await app.ResourceNotifications.WaitForResourceAsync("later", _ => true);
        Assert.Equal("NotStarted", row.Snapshot.State!.Text);
        Assert.Equal(ResourceCommandState.Enabled, row.Snapshot.Commands.Single(c => c.Name == "start").State);
        Assert.Equal(ResourceCommandState.Hidden, row.Snapshot.Commands.Single(c => c.Name == "stop").State);
        Assert.True(app.ResourceNotifications.TryGetCurrentState("jaeger", out var jaeger));
        Assert.Equal("Not started in this mode", jaeger.Snapshot.State!.Text);

        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(later.Resource, "start")).Success);
        Assert.Equal("Running", await app.WaitForStateAsync(later.Resource, "Running"));
        Assert.True((await app.ResourceCommands.ExecuteCommandAsync(later.Resource, "stop")).Success);
        Assert.Equal("Finished", await app.WaitForStateAsync(later.Resource, "Finished"));
        var unknown = await app.ResourceCommands.ExecuteCommandAsync(later.Resource, "dance");
        Assert.Equal("Command 'dance' not available for resource 'later'.", unknown.Message);
    }

    [Fact]
    public async Task Events_come_in_their_order()
    {
        var builder = SampleApplication.CreateBuilder();
        var seen = new List<string>();
        void See(string name) { lock (seen) seen.Add(name); }
        builder.OnBeforeStart((_, _) => { See("before start"); return Task.CompletedTask; });
        var web = builder.AddWebServer("web")
            .OnResourceEndpointsAllocated((_, _, _) => { See("endpoints"); return Task.CompletedTask; })
            .OnBeforeResourceStarted((_, _, _) => { See("before resource"); return Task.CompletedTask; })
            .OnResourceReady((_, _, _) => { See("ready"); return Task.CompletedTask; })
            .OnResourceStopped((_, _, _) => { See("stopped"); return Task.CompletedTask; });
        builder.Eventing.Subscribe<AfterResourcesCreatedEvent>((_, _) => { See("created"); return Task.CompletedTask; });
        await using var app = builder.Build();
        await app.StartAsync().WaitAsync(SampleApplication.Patience);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("web").WaitAsync(SampleApplication.Patience);
        await app.ResourceCommands.ExecuteCommandAsync(web.Resource, "stop").WaitAsync(SampleApplication.Patience);
        var stopped = DateTime.UtcNow + SampleApplication.Patience;
        while (!Has("stopped") && DateTime.UtcNow < stopped) await Task.Delay(10);
        Assert.Equal(["before start", "endpoints", "before resource", "ready", "stopped"], seen.Where(s => s != "created"));
        Assert.True(Has("created"));
        bool Has(string name) { lock (seen) return seen.Contains(name); }
    }

    [Fact]
    public async Task A_busy_fixed_port_ends_the_start_with_one_sentence()
    {
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        var builder = SampleApplication.CreateBuilder();
        var started = false;
        builder.OnBeforeStart((_, _) => { started = true; return Task.CompletedTask; });
        builder.AddShell("web", "exec sleep 600").WithHttpEndpoint(port: port, env: "PORT");
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains($"Port {port} is in use", error.Message, StringComparison.Ordinal);
        Assert.Contains("'web'", error.Message, StringComparison.Ordinal);
        Assert.False(started);
    }

    [Fact]
    public async Task A_missing_orchestrator_is_named_with_the_setting()
    {
        var builder = SampleApplication.CreateBuilder("--dcp-cli-path", "/no/such/dcp");
        builder.AddShell("any", "true");
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => app.StartAsync());
        Assert.Contains("DcpPublisher:CliPath", error.Message, StringComparison.Ordinal);
        Assert.Contains("/no/such/dcp", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private sealed class PlaceholderResource(string name) : Resource(name);
}
