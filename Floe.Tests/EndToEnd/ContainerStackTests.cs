using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Floe.Tests.EndToEnd;

/// <summary>The street on containers, and what only they show: that all of them run, that they leave nothing, that their volumes and secrets are the next start's.</summary>
[Collection(ContainerCollection.Name)]
[Trait("Category", "Long")]
public sealed class ContainerStackTests(ContainerStackFixture floe) : StackTests<ContainerStackFixture>(floe)
{
    private static readonly string[] s_containers = ["postgres", "minio", "polaris", "jaeger", "marquez", "marquez-web", "cube"];
    private const string Bootstrap = "polaris-bootstrap";

    [SkippableFact]
    public async Task Every_container_runs_and_what_sets_up_has_ended_well()
    {
        foreach (var name in s_containers)
            await Stack.Resources.WaitForResourceHealthyAsync(name).WaitAsync(TimeSpan.FromMinutes(1));
        var bootstrap = await StateAsync(Bootstrap);
        Assert.Equal((KnownResourceStates.Exited, 0), (bootstrap.State?.Text, bootstrap.ExitCode));
    }

    [SkippableFact]
    public async Task Every_container_may_take_no_more_than_a_pod_of_its_size()
    {
        foreach (var container in await OursAsync())
        {
            var (memory, millicores) = await Stack.LimitsAsync(container);
            Assert.True(memory is >= 512 << 20 and <= 1536 << 20 && millicores is 500 or 1000, $"{container} has a limit of {memory} bytes and {millicores} thousandths of a core");
        }
    }

    [SkippableFact]
    public async Task Everything_is_reached_from_this_machine_by_its_own_port()
    {
        foreach (var (name, endpoint, path) in new[]
        {
            ("minio", "http", "/minio/health/ready"), ("minio", "console", "/minio/health/live"), ("polaris", "management", "/q/health/ready"), ("marquez", "http", "/api/v1/namespaces"),
            ("marquez", "admin", "/healthcheck"), ("marquez-web", "http", "/healthcheck"), ("jaeger", "health", "/status"), ("cube", "http", "/livez"),
        })
        {
            using var http = Stack.App.CreateHttpClient(name, endpoint);
            using var answer = await http.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{name} {endpoint} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>The last word in this collection: nothing else may find the stack stopped.</summary>
    [SkippableFact]
    public async Task A_stopped_stack_leaves_no_container_and_the_next_one_has_its_data_and_secrets()
    {
        var before = await CountAsync();
        var ours = await OursAsync();

        await Stack.StopAsync();

        Assert.DoesNotContain(await Stack.ContainersAsync(), ours.Contains);
        Assert.Empty(await Stack.NetworksAsync());
        await Stack.InitializeAsync();
        Assert.Equal(before, await CountAsync());
    }

    /// <summary>Containers of this stack alone; other people's are not counted.</summary>
    private async Task<HashSet<string>> OursAsync()
    {
        var ours = (await Stack.ContainersAsync()).Where(name => s_containers.Append(Bootstrap).Any(resource => name.StartsWith($"{resource}-", StringComparison.Ordinal))).ToHashSet();
        Assert.True(ours.Count >= s_containers.Length, string.Join(", ", ours));
        return ours;
    }

    private async Task<string?> CountAsync() => (string?)(await Stack.LoadAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"];
}
