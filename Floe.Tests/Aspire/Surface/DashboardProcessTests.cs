using System.Diagnostics;
using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.Cli;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Pipelines;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Floe.Tests.Aspire.Surface;

public class DashboardProcessTests
{
    [SkippableFact]
    public async Task The_real_dashboard_comes_up_connects_and_keeps_its_keys_out_of_the_log()
    {
        SkipWithoutDashboard();
        await using var host = await SurfaceHost.StartAsync(services => services.AddDashboardSurface(), new ThingResource("thing"));
        Assert.True(await host.Services.GetRequiredService<DashboardStatus>().Healthy.WaitAsync(TimeSpan.FromMinutes(2)));
        await host.Log.WaitForAsync($"Login to the dashboard at {host.Endpoints.LoginUrl}");

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = host.Endpoints.Frontend };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/telemetry/resources")).StatusCode);
        http.DefaultRequestHeaders.Add("x-api-key", SurfaceHost.ApiKey);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/telemetry/resources")).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await http.GetAsync($"/login?t={SurfaceHost.BrowserToken}")).StatusCode);

        Assert.Single(host.Log.Lines, line => line.Contains(SurfaceHost.BrowserToken, StringComparison.Ordinal)); // the link, once, by the AppHost itself
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains(SurfaceHost.ApiKey, StringComparison.Ordinal) || line.Contains(SurfaceHost.ResourceServiceKey, StringComparison.Ordinal));
        // That its heartbeat is late is what a web server says on a busy machine.
        Assert.DoesNotContain(host.Log.Lines, line => (line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal)) && !line.Contains("the heartbeat has been running for", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_dashboard_that_ends_is_reported_and_the_application_goes_on()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs a shell script as the dashboard");
        var folder = Directory.CreateTempSubdirectory("floe-dashboard-");
        var script = Path.Combine(folder.FullName, "dashboard");
        ScriptedProgram.Make(script, "echo 'the key is browser-token-1234' >&2\nexit 7");
        await using var host = await SurfaceHost.StartAsync(services => services.AddDashboardSurface(), new Dictionary<string, string?> { ["ASPIRE_DASHBOARD_PATH"] = script });
        var line = await host.Log.WaitForAsync("ended with exit code 7");
        Assert.StartsWith("Error", line, StringComparison.Ordinal);
        Assert.Contains("the key is ***", line, StringComparison.Ordinal);
        Assert.False(await host.Services.GetRequiredService<DashboardStatus>().Healthy);
        Assert.False(host.Lifetime.ApplicationStopping.IsCancellationRequested);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_missing_dashboard_is_named()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() =>
            SurfaceHost.StartAsync(services => services.AddDashboardSurface(), new Dictionary<string, string?> { ["ASPIRE_DASHBOARD_PATH"] = "/nowhere/aspire-managed" }));
        Assert.Equal("The dashboard '/nowhere/aspire-managed' named by ASPIRE_DASHBOARD_PATH does not exist; correct or remove the setting.", error.Message);
    }

    [Theory]
    [InlineData("""{"LogLevel":"Error","Category":"C","Message":"m token-1","Exception":"e"}""", LogLevel.Error, "C", "m *** e")]
    [InlineData("""{"LogLevel":"Nonsense","Message":"m"}""", LogLevel.Information, "", "m")]
    [InlineData("Unhandled exception. token-1", LogLevel.Warning, "", "Unhandled exception. ***")]
    [InlineData("3", LogLevel.Warning, "", "3")]
    public void Its_lines_become_log_records_without_keys(string text, LogLevel level, string category, string message) =>
        Assert.Equal(new DashboardLogLine(level, category, message), DashboardLogLine.Parse(text, ["token-1", null, ""]));

    [Fact]
    public void Its_environment_holds_the_keys_and_nothing_inherited_that_means_something_else()
    {
        var endpoints = new DashboardEndpoints
        {
            Enabled = true,
            Frontend = new Uri("http://localhost:1/"),
            OtlpGrpc = new Uri("http://localhost:2/"),
            OtlpHttp = new Uri("http://localhost:3/"),
            ResourceService = new Uri("http://localhost:4/"),
            BrowserToken = "b",
        };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ASPIRE_DASHBOARD_EXTRA"] = "x", ["OTHER"] = "y" }).Build();
        Environment.SetEnvironmentVariable("ASPIRE_CLI_STARTED", "1");
        var environment = DashboardEnvironment.Create(endpoints, configuration);
        Environment.SetEnvironmentVariable("ASPIRE_CLI_STARTED", null);

        Assert.Equal(("http://localhost:1", "http://localhost:4"), (environment["ASPNETCORE_URLS"], environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]));
        Assert.Equal(("BrowserToken", "b"), (environment["DASHBOARD__FRONTEND__AUTHMODE"], environment["DASHBOARD__FRONTEND__BROWSERTOKEN"]));
        Assert.Equal("Unsecured", environment["DASHBOARD__OTLP__AUTHMODE"]);
        Assert.Equal((Environment.ProcessId.ToString(), "x"), (environment["ASPIRE_CLI_PID"], environment["ASPIRE_DASHBOARD_EXTRA"]));
        Assert.DoesNotContain("ASPIRE_CLI_STARTED", environment.Keys);
        Assert.DoesNotContain("OTHER", environment.Keys);
    }

    [SkippableFact]
    public async Task The_apphost_ends_with_the_cli_that_started_it()
    {
        Skip.If(OperatingSystem.IsWindows(), "needs sleep as the CLI");
        using var cli = Process.Start("sleep", "600");
        await using var host = await SurfaceHost.StartAsync(services => services.AddCliBackchannels().AddPipelines(), new Dictionary<string, string?> { ["ASPIRE_CLI_PID"] = cli.Id.ToString() });
        var stopping = new TaskCompletionSource();
        host.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        cli.Kill();
        await stopping.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await host.Log.WaitForAsync($"process {cli.Id}");
    }

    private static void SkipWithoutDashboard()
    {
        try
        {
            DashboardExecutable.Find(new ConfigurationBuilder().Build());
        }
        catch (DistributedApplicationException error)
        {
            Skip.If(true, error.Message);
        }
    }
}
