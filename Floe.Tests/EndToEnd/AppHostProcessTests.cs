using System.Net.Http.Headers;
using System.Text.Json;
using Xunit.Abstractions;

namespace Floe.Tests.EndToEnd;

/// <summary>What a person at a shell sees: it starts, it answers, it stops, and nothing stays behind.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class AppHostProcessTests(ITestOutputHelper output) : IDisposable
{
    private const string Query = """{"measures":["Orders.count"]}""";

    private readonly string _root = Directory.CreateTempSubdirectory("floe-apphost-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task A_stack_stopped_or_killed_leaves_no_process_and_the_next_one_reuses_its_data()
    {
        var data = Path.Combine(_root, "data");
        string first;
        await using (var apphost = AppHostProcess.Start(data))
        {
            await apphost.WaitUntilUpAsync();
            first = await AskAsync(apphost);
            apphost.Signal("KILL");
            await apphost.WaitForExitAsync();
            Assert.Empty(await apphost.LeftoversAsync());
        }

        await using (var apphost = AppHostProcess.Start(data))
        {
            await apphost.WaitUntilUpAsync();
            Assert.Equal(first, await AskAsync(apphost));
            apphost.Signal("TERM");
            Assert.Equal(0, await apphost.WaitForExitAsync());
            Assert.Empty(await apphost.LeftoversAsync());
            output.WriteLine(apphost.Output);
        }
        Assert.Equal("5000", first);
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_store_that_lost_its_files_stops_the_start_with_the_reason()
    {
        var data = Path.Combine(_root, "lost");
        await using (var apphost = AppHostProcess.Start(data))
        {
            await apphost.WaitUntilUpAsync();
        }

        // The catalog knows tables whose files somebody deleted: nothing to wait for, so no half-started stack.
        Directory.Delete(Path.Combine(data, "minio"), recursive: true);
        await using (var apphost = AppHostProcess.Start(data))
        {
            Assert.NotEqual(0, await apphost.WaitForExitAsync());
            Assert.Contains("Floe could not start: 'seedworker' ended", apphost.Output, StringComparison.Ordinal);
            Assert.Contains("object store", apphost.Output, StringComparison.Ordinal);
            Assert.Empty(await apphost.LeftoversAsync());
        }
    }

    [SkippableFact]
    public async Task A_stack_whose_dotnet_run_is_killed_leaves_no_process()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "SKIPPED: the parent is found by /proc.");
        var data = Path.Combine(_root, "run");
        await using var run = AppHostProcess.StartByDotnetRun(data);
        // In the middle of the start: PostgreSQL is up, the rest is not.
        await run.WaitUntilAsync(() => File.Exists(Path.Combine(data, "postgres", "pgdata", "postmaster.pid")));

        run.Signal("KILL");

        Assert.Empty(await run.LeftoversAsync());
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task Two_stacks_at_once_do_not_clash()
    {
        await using var one = AppHostProcess.Start(Path.Combine(_root, "one"));
        await using var two = AppHostProcess.Start(Path.Combine(_root, "two"));
        await Task.WhenAll(one.WaitUntilUpAsync(), two.WaitUntilUpAsync());

        Assert.NotEqual(one.CubeProxy, two.CubeProxy);
        Assert.Equal("5000", await AskAsync(one));
        Assert.Equal("5000", await AskAsync(two));

        one.Signal("INT");
        Assert.Equal(0, await one.WaitForExitAsync());
        Assert.Equal("5000", await AskAsync(two));
    }

    [Fact]
    public async Task A_data_directory_in_use_is_refused_with_one_sentence()
    {
        var data = Path.Combine(_root, "claimed");
        using var claim = Floe.AppHost.Settings.DataDirectory.Claim(data);
        await using var apphost = AppHostProcess.Start(data);
        Assert.NotEqual(0, await apphost.WaitForExitAsync());
        Assert.Contains($"Floe:DataDirectory '{data}' is in use", apphost.Output, StringComparison.Ordinal);
        Assert.Empty(await apphost.LeftoversAsync());
    }

    [Theory]
    [InlineData("--Floe:Servces=embedded", "Floe:Servces is not a setting of Floe")]
    [InlineData("--Floe:Services=docker", "Floe:Services is 'docker'; it must be auto, containers or embedded.")]
    [InlineData("--Floe:DataDirectory=/dev/null/data", "The data directory '/dev/null/data' cannot be written")]
    public async Task A_bad_setting_ends_with_one_sentence_and_nothing_started(string argument, string expected)
    {
        await using var apphost = AppHostProcess.Start(Path.Combine(_root, "unused"), null, argument);
        Assert.NotEqual(0, await apphost.WaitForExitAsync());
        Assert.Contains(expected, apphost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", apphost.Output, StringComparison.Ordinal);
        Assert.Empty(await apphost.LeftoversAsync());
    }

    [Theory]
    [InlineData("ASPNETCORE_URLS", "notaurl")]
    [InlineData("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "foo:bar")]
    [InlineData("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "ftp://x")]
    public async Task An_address_that_is_none_ends_with_one_sentence_that_names_it(string variable, string value)
    {
        await using var apphost = AppHostProcess.Start(Path.Combine(_root, "address"), new Dictionary<string, string?> { [variable] = value });
        Assert.Equal(1, await apphost.WaitForExitAsync());
        Assert.Contains($"'{value}' is no valid value of {variable}", apphost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", apphost.Output, StringComparison.Ordinal);
        Assert.Empty(await apphost.LeftoversAsync());
    }

    [Fact]
    public async Task A_busy_dashboard_port_ends_with_one_sentence_that_names_it()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
        await using var apphost = AppHostProcess.Start(
            Path.Combine(_root, "busy"), new Dictionary<string, string?> { ["ASPNETCORE_URLS"] = $"http://localhost:{port}" });
        Assert.NotEqual(0, await apphost.WaitForExitAsync());
        Assert.Contains(port.ToString(), apphost.Output, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_URLS", apphost.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", apphost.Output, StringComparison.Ordinal);
        Assert.Empty(await apphost.LeftoversAsync());
    }

    [Fact]
    public async Task A_corrupt_data_directory_stops_the_stack_with_the_reason()
    {
        var data = Path.Combine(_root, "corrupt");
        Directory.CreateDirectory(Path.Combine(data, "postgres"));
        await File.WriteAllTextAsync(Path.Combine(data, "postgres", "PG_VERSION"), "18\n");
        await using var apphost = AppHostProcess.Start(data);
        Assert.NotEqual(0, await apphost.WaitForExitAsync());
        Assert.Contains("Floe could not start: 'postgres'", apphost.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(data, "postgres"), apphost.Output, StringComparison.Ordinal);
        Assert.Empty(await apphost.LeftoversAsync());
    }

    private static async Task<string> AskAsync(AppHostProcess apphost)
    {
        using var http = new HttpClient { BaseAddress = new Uri(apphost.CubeProxy) };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(apphost.Token);
        using var answer = JsonDocument.Parse(await http.GetStringAsync($"/cubejs-api/v1/load?query={Uri.EscapeDataString(Query)}"));
        return answer.RootElement.GetProperty("data")[0].GetProperty("Orders.count").GetString()!;
    }
}
