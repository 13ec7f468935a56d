using System.Text.Json.Nodes;
using Aspire.Hosting;
using Floe.AppHost.Deployment;
using Floe.AppHost.Publishing.Charts;
using Floe.AppHost.Publishing.Clusters;
using Floe.AppHost.Publishing.Output;
using Floe.AppHost.Publishing.Schema;

namespace Floe.Tests.Deployment;

/// <summary>
/// Deployments against a helm and a kubectl that play a script, for there is no cluster on this machine: what is proven is the course of a deployment,
/// what is recorded and what is said; that real tools take the arguments is for build/apiserver.sh's server.
/// </summary>
public sealed class DeployerTests : IDisposable
{
    private const string Release = "floe-worker";

    private readonly ScriptedTools _tools = new();
    private readonly List<string> _said = [];

    public void Dispose() => _tools.Dispose();

    [Fact]
    public async Task A_stage_is_deployed_when_all_of_it_is_ready()
    {
        _tools.Shows(Items(), Items(Workload("Deployment", 2, 0)), Items(Workload("Deployment", 2, 1)), Items(Workload("Deployment", 2, 2), Workload("Job", 1, 1), CronJob()));
        await DeployAsync();
        Assert.Equal(["waiting for the pods of floe-worker", "waiting for web 0/2", "waiting for web 1/2"], _said);
        var record = Assert.Single(Records().All);
        Assert.Equal((DeploymentStatus.Deployed, 7, "floe-test", "0.1.0", "1.0.0", "test"), (record.Status, record.Revision, record.Namespace, record.ChartVersion, record.ArtifactVersion, record.Environment));
        Assert.Equal(
            [new("web", "Deployment", new(2, 2, 2), ComponentHealth.Healthy), new("web", "Job", new(1, 1, 1), ComponentHealth.Healthy), new("web", "CronJob", new(0, 0, 0), ComponentHealth.Healthy)],
            record.Components);
        var helm = _tools.Calls("helm").Single();
        Assert.Matches("^upgrade floe-worker .*charts/floe-worker --install --create-namespace --namespace floe-test --values .*values.yaml .* --kube-context test$", helm);
        Assert.Contains("--selector app.kubernetes.io/instance=floe-worker", _tools.Calls("kubectl")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_old_status_is_not_taken_for_the_new_one()
    {
        var stale = Workload("Deployment", 1, 1);
        stale["metadata"]!["generation"] = 5;
        var rolling = Workload("Deployment", 1, 1);
        rolling["status"]!["updatedReplicas"] = 0;
        _tools.Shows(Items(stale), Items(rolling), Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        Assert.Equal(3, _tools.Calls("kubectl").Count);
    }

    [Theory]
    [InlineData("ImagePullBackOff", 0, null, "the image ghcr.io/floe/x:1 cannot be pulled (ImagePullBackOff: no such tag)", "kind load docker-image")]
    [InlineData("CrashLoopBackOff", 3, "Error", "ends again and again with exit code 139 (CrashLoopBackOff, 3 restarts)", "Its last words: cannot reach polaris")]
    [InlineData("CrashLoopBackOff", 1, "OOMKilled", "needed more memory than its limit 256Mi and was killed (OOMKilled)", "larger preset")]
    [InlineData("CreateContainerConfigError", 0, null, "cannot be made (CreateContainerConfigError: no such tag)", "create the Secret")]
    public async Task A_pod_that_cannot_run_ends_the_waiting_with_the_remedy(string reason, int restarts, string? ended, string what, string remedy)
    {
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pod(reason, restarts, ended)));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync());
        Assert.Contains($"web-1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(remedy, error.Message, StringComparison.Ordinal);
        var record = Assert.Single(Records().All);
        Assert.Equal((DeploymentStatus.Failed, error.Message), (record.Status, record.Reason));
        Assert.Equal(ComponentHealth.Unhealthy, record.Components.Single().Health);
    }

    [Fact]
    public async Task A_pod_that_no_node_takes_may_get_one_until_the_time_is_over()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pending()), Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        Assert.Contains("no node takes the pod", _said.Single(), StringComparison.Ordinal);

        _tools.Shows(Items(Workload("Deployment", 1, 0), Pending()));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync(timeout: TimeSpan.FromMilliseconds(50)));
        Assert.Contains("'floe-worker' is not ready after", error.Message, StringComparison.Ordinal);
        Assert.Contains("no node takes the pod (Pending): 0/1 nodes are available: insufficient memory", error.Message, StringComparison.Ordinal);
        Assert.Contains("choose a smaller preset", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_first_restart_is_no_end()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pod("CrashLoopBackOff", 1, "Error")), Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        Assert.Contains("1 restarts", _said.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_says_so()
    {
        var job = Workload("Job", 1, 0);
        job["status"]!["conditions"] = new JsonArray(new JsonObject { ["type"] = "Failed", ["status"] = "True", ["message"] = "Job has reached the specified backoff limit" });
        _tools.Shows(Items(job));
        Assert.Contains("the job failed: Job has reached the specified backoff limit", (await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_states_follow_the_data_model()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        await DeployAsync();
        Assert.Equal([DeploymentStatus.Superseded, DeploymentStatus.Deployed], Records().All.Select(d => d.Status));

        // What is in place stays so while another fails, and the failed one is the one that is tried again.
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pod("ImagePullBackOff", 0, null)));
        await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync());
        await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync());
        Assert.Equal([DeploymentStatus.Superseded, DeploymentStatus.Deployed, DeploymentStatus.Failed], Records().All.Select(d => d.Status));
        _tools.Shows(Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        Assert.Equal([DeploymentStatus.Superseded, DeploymentStatus.Superseded, DeploymentStatus.Deployed], Records().All.Select(d => d.Status));
        Assert.Throws<InvalidOperationException>(() => Records().Succeed(Release, []));
    }

    [Fact]
    public async Task A_failure_goes_back_to_the_revision_that_was_in_place()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pod("ImagePullBackOff", 0, null)));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync(rollback: true));
        Assert.EndsWith("Rolled back: 'floe-worker' is revision 7 again.", error.Message, StringComparison.Ordinal);
        Assert.Equal("rollback floe-worker 7 --namespace floe-test --kube-context test", _tools.Calls("helm")[^1]);
    }

    [Fact]
    public async Task The_first_failure_goes_back_to_nothing()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 0), Pod("ImagePullBackOff", 0, null)));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync(rollback: true));
        Assert.EndsWith("Rolled back: 'floe-worker' was removed, for nothing was there before.", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("uninstall floe-worker", _tools.Calls("helm")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_request_the_deployment_before_comes_back()
    {
        var deployer = _tools.Deployer();
        Assert.Contains("nothing to go back to", (await Assert.ThrowsAsync<DistributedApplicationException>(() => deployer.RollBackAsync(Release, "floe-test", _ => Task.CompletedTask, default))).Message, StringComparison.Ordinal);
        _tools.Shows(Items(Workload("Deployment", 1, 1)));
        await DeployAsync();
        Assert.Contains("No earlier good deployment", (await Assert.ThrowsAsync<DistributedApplicationException>(() => _tools.Deployer().RollBackAsync(Release, "floe-test", _ => Task.CompletedTask, default))).Message, StringComparison.Ordinal);
        await DeployAsync();
        Assert.Equal([DeploymentStatus.Superseded, DeploymentStatus.Deployed], Records().All.Select(d => d.Status));
        Assert.Equal("Rolled back: 'floe-worker' is revision 7 again.", await _tools.Deployer().RollBackAsync(Release, "floe-test", _ => Task.CompletedTask, default));
        Assert.Equal([(DeploymentStatus.Superseded, true), (DeploymentStatus.Deployed, false)], Records().All.Select(d => (d.Status, d.GivenUp)));
    }

    /// <summary>One after the other leads further back, and never forward again to what was given up.</summary>
    [Fact]
    public async Task Rollbacks_in_a_row_go_further_back_each_time()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 1)));
        foreach (var revision in new[] { 1, 2, 3 })
            await DeployAsync(revision);
        Assert.Equal([2, 1], [await BackAsync(), await BackAsync()]);
        Assert.Contains("No earlier good deployment", (await Assert.ThrowsAsync<DistributedApplicationException>(BackAsync)).Message, StringComparison.Ordinal);

        // What comes after is gone back from as ever.
        await DeployAsync(6);
        Assert.Equal(1, await BackAsync());
        Assert.Equal("rollback floe-worker 1 --namespace floe-test --kube-context test", _tools.Calls("helm")[^1]);

        Task DeployAsync(int revision)
        {
            _tools.HelmCounts(revision);
            return this.DeployAsync();
        }

        async Task<int?> BackAsync()
        {
            await _tools.Deployer().RollBackAsync(Release, "floe-test", _ => Task.CompletedTask, default);
            return Records().InPlace(Release)!.Revision;
        }
    }

    /// <summary>While a new template takes over, the broken pod of the old one is still there.</summary>
    [Fact]
    public async Task The_pod_that_a_deployment_mends_does_not_end_it()
    {
        var old = Owned(Pod("ImagePullBackOff", 0, null), "ReplicaSet", "web-old");
        var unseen = Workload("Deployment", 1, 0);
        unseen["metadata"]!["generation"] = 2;
        var rolling = Workload("Deployment", 1, 0);
        _tools.Shows(
            Items(unseen, ReplicaSet("web-old", 1), Clone(old)),
            Items(rolling, ReplicaSet("web-old", 1), ReplicaSet("web-new", 2), Clone(old)),
            Items(Workload("Deployment", 1, 1), ReplicaSet("web-old", 1), ReplicaSet("web-new", 2)));
        await DeployAsync();

        // The new one's own mistake is one.
        _tools.Shows(Items(Workload("Deployment", 1, 0), ReplicaSet("web-old", 1), ReplicaSet("web-new", 2), Owned(Pod("ImagePullBackOff", 0, null), "ReplicaSet", "web-new")));
        Assert.Contains("cannot be pulled", (await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync())).Message, StringComparison.Ordinal);
    }

    private static JsonObject Clone(JsonObject o) => (JsonObject)o.DeepClone();

    private static JsonObject Owned(JsonObject o, string kind, string owner)
    {
        o["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["kind"] = kind, ["name"] = owner });
        return o;
    }

    private static JsonObject ReplicaSet(string name, int revision) => Owned(
        new() { ["kind"] = "ReplicaSet", ["metadata"] = new JsonObject { ["name"] = name, ["annotations"] = new JsonObject { ["deployment.kubernetes.io/revision"] = $"{revision}" } } }, "Deployment", "web");

    [Fact]
    public async Task What_helm_refuses_is_the_reason()
    {
        _tools.HelmRefuses("Error: values don't meet the specifications of the schema(s)");
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => DeployAsync());
        Assert.Equal("helm cannot install 'floe-worker': Error: values don't meet the specifications of the schema(s)", error.Message);
        Assert.Equal(DeploymentStatus.Failed, Records().All.Single().Status);
    }

    [Fact]
    public async Task A_deployment_that_is_broken_off_is_recorded_as_failed()
    {
        _tools.Shows(Items(Workload("Deployment", 1, 0)));
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DeployAsync(cancellation: stop));
        Assert.Equal((DeploymentStatus.Failed, "broken off"), (Records().All.Single().Status, Records().All.Single().Reason));
    }

    private DeploymentRecords Records() => _tools.Records();

    /// <param name="cancellation">Cancelled at the first progress.</param>
    private async Task DeployAsync(bool rollback = false, TimeSpan? timeout = null, CancellationTokenSource? cancellation = null)
    {
        var chart = new FloeHelmChart(Release, "0.1.0", "0.1.0", [], [], JsonSchema.Parse("x", "{}"), new Dictionary<string, string>());
        var environment = new PublishedEnvironment("test", new("test", "test", ["test"], "floe-{{.environment}}", EnvironmentIsolation.Namespace, ResourcePreset.Small), []);
        await _tools.Deployer(timeout).DeployAsync(environment, new(Release, chart, "a: b\n"), rollback, async line =>
        {
            _said.Add(line);
            if (cancellation is not null)
                await cancellation.CancelAsync();
        }, cancellation?.Token ?? default);
    }

    private static JsonArray Items(params JsonObject[] objects) => [.. objects];

    private static JsonObject Workload(string kind, int desired, int ready) => new()
    {
        ["kind"] = kind,
        ["metadata"] = new JsonObject { ["name"] = "web", ["generation"] = 1 },
        ["spec"] = new JsonObject { [kind == "Job" ? "completions" : "replicas"] = desired },
        ["status"] = new JsonObject
        {
            ["observedGeneration"] = 1, ["replicas"] = desired, ["updatedReplicas"] = desired, ["readyReplicas"] = ready, ["availableReplicas"] = ready, ["succeeded"] = ready,
        },
    };

    private static JsonObject CronJob() => new() { ["kind"] = "CronJob", ["metadata"] = new JsonObject { ["name"] = "web" } };

    private static JsonObject Pod(string waiting, int restarts, string? ended) => new()
    {
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "web-1" },
        ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = "web", ["resources"] = new JsonObject { ["limits"] = new JsonObject { ["memory"] = "256Mi" } } }) },
        ["status"] = new JsonObject
        {
            ["phase"] = "Running",
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "web", ["image"] = "ghcr.io/floe/x:1", ["restartCount"] = restarts,
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = waiting, ["message"] = "no such tag" } },
                ["lastState"] = ended is null ? new JsonObject() : new JsonObject { ["terminated"] = new JsonObject { ["reason"] = ended, ["exitCode"] = 139 } },
            }),
        },
    };

    private static JsonObject Pending() => new()
    {
        ["kind"] = "Pod",
        ["metadata"] = new JsonObject { ["name"] = "web-1" },
        ["status"] = new JsonObject
        {
            ["phase"] = "Pending",
            ["conditions"] = new JsonArray(new JsonObject { ["type"] = "PodScheduled", ["status"] = "False", ["message"] = "0/1 nodes are available: insufficient memory" }),
        },
    };
}
