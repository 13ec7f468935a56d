using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Xunit;

namespace Floe.Tests.Aspire;

public class TestingTests
{
    [Fact]
    public async Task The_entry_point_runs_in_the_test_and_the_test_decides()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>(["Parameters:generated=given", "Sample:Wait=true"]);
        var web = builder.CreateResourceBuilder<ExecutableResource>("web");
        builder.Resources.Remove(builder.Resources.Single(r => r.Name == "never"));
        var replicas = builder.AddWebServer("replicas").WithAnnotation(new ReplicaAnnotation(2));
        await using var app = await builder.BuildAsync();
        Assert.Throws<InvalidOperationException>(() => app.GetEndpoint("web"));
        await app.StartAsync().WaitAsync(SampleApplication.Patience);

        await app.ResourceNotifications.WaitForResourceHealthyAsync("web").WaitAsync(SampleApplication.Patience);
        using var client = app.CreateHttpClient("web");
        Assert.Equal("given", await client.GetStringAsync("/"));
        Assert.Equal(web.GetEndpoint("http").Url, app.GetEndpoint("web", "http").GetLeftPart(UriPartial.Authority));
        Assert.Throws<ArgumentException>(() => app.GetEndpoint("web", "nothing"));
        Assert.Throws<ArgumentException>(() => app.GetEndpoint("nobody"));

        var answer = await app.ResourceCommands.ExecuteCommandAsync(web.Resource, "ask");
        Assert.True(answer.Success, answer.Message);
        Assert.Equal("given", answer.Data!.Value);

        await TwoProcessesAnswerAsync(app, replicas.GetEndpoint("http").Url);
    }

    [Fact]
    public async Task What_the_entry_point_throws_comes_to_the_test()
    {
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DistributedApplicationTestingBuilder.CreateAsync<Projects.SampleAppHost>(["--operation", "dance"]));
        Assert.Contains("dance", error.Message, StringComparison.Ordinal);
    }

    private static async Task TwoProcessesAnswerAsync(DistributedApplication app, string url)
    {
        var pids = new HashSet<string>();
        using var timeout = new CancellationTokenSource(SampleApplication.Patience);
        while (pids.Count < 2)
        {
            // A connection of its own each time: the proxy balances connections, not requests.
            using var client = new HttpClient();
            try
            {
                pids.Add(await client.GetStringAsync(url, timeout.Token));
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, timeout.Token);
            }
        }

        Assert.Equal(2, pids.Count);
    }
}
