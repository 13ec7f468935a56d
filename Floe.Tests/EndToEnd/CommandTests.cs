using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.AppHost.Outage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.EndToEnd;

/// <summary>The dashboard's commands on the running stack: each waits for the end and says what came of it.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class CommandTests(FloeStackFixture floe)
{
    [Fact]
    public async Task A_job_is_waited_for_and_told_with_rows_and_duration()
    {
        var generated = await ExecuteAsync("seedworker", "generate_orders");
        Assert.True(generated.Success, generated.Message);
        Assert.Matches(@"^Generate 100 orders: [\d,]+ rows of raw tables and [\d,]+ rows of models in \d+\.\d s\.$", generated.Message);
        Assert.Equal((CommandResultFormat.Markdown, true), (generated.Data!.Format, generated.Data.DisplayImmediately));
        Assert.Contains("| `commit` |", generated.Data.Value);
        // What it said on its way.
        var said = new List<string>();
        await foreach (var lines in floe.App.Services.GetRequiredService<ResourceLoggerService>().GetAllAsync(Resource("seedworker")))
            said.AddRange(lines.Select(line => line.Content));
        Assert.Contains(said, line => line.Contains("Generate 100 orders: land", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_waited_for_and_nothing_is_lost()
    {
        await floe.SettleAsync();
        var outage = new StoreOutage(
            Resource("minio"), Endpoint("seedworker"), Endpoint("cubeproxy"), (ParameterResource)Resource("cube-api-secret"), floe.App.Services);
        var result = await outage.RunAsync(TimeSpan.FromSeconds(5), NullLogger.Instance, CancellationToken.None);
        Assert.True(result.Success, $"{result.Message}\n{result.Data?.Value}");
        Assert.Contains("the worker is not ready: the store (ConnectionStrings:minio) does not", result.Data!.Value);
        Assert.Contains("CubeProxy still answers: ", result.Data.Value);
        Assert.Contains("the run has ended: completed, attempt 1", result.Data.Value);
        Assert.EndsWith(" + 100 |\n", result.Data.Value);
    }

    [Theory]
    [InlineData("seedworker", "seed_demo_data", "Seed now", true)]
    [InlineData("seedworker", "generate_orders", "Generate 100 orders", false)]
    [InlineData("seedworker", "burst", "Burst 10 s", true)]
    [InlineData("seedworker", "transform", "Run transforms", false)]
    [InlineData("seedworker", "maintain", "Run maintenance", true)]
    [InlineData("seedworker", "verify", "Verify", false)]
    [InlineData("minio", "break-storage", "Break storage for 30 s", true)]
    public async Task Commands_have_plain_names_icons_and_a_question_where_they_do_much(string resource, string name, string display, bool asks)
    {
        var command = (await floe.Resources.WaitForResourceAsync(resource, _ => true)).Snapshot.Commands.Single(c => c.Name == name);
        Assert.Equal((display, asks), (command.DisplayName, command.ConfirmationMessage is not null));
        Assert.NotNull(command.IconName);
        Assert.NotNull(command.DisplayDescription);
    }

    private Task<ExecuteCommandResult> ExecuteAsync(string resource, string command) => floe.App.ResourceCommands.ExecuteCommandAsync(Resource(resource), command);

    private IResource Resource(string name) => floe.App.Services.GetRequiredService<DistributedApplicationModel>().Resources.Single(r => r.Name == name);

    private EndpointReference Endpoint(string name) => ((IResourceWithEndpoints)Resource(name)).GetEndpoint("http");
}
