using System.Collections.Concurrent;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Pipelines;
using Aspire.Hosting.Pipelines.Reporting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Floe.Tests.Aspire.Surface;

#pragma warning disable ASPIREPIPELINES001

public class PipelineTests
{
    private readonly ConcurrentQueue<string> _ran = new();
    private readonly DistributedApplicationPipeline _pipeline = new();
    private readonly PipelineActivities _activities = new(TimeProvider.System, NullLogger.Instance, forCli: true);

    [Fact]
    public async Task A_step_runs_behind_all_it_depends_on_and_brings_in_what_it_is_required_by()
    {
        _pipeline.AddStep("publish-k8s", async context =>
        {
            await Task.Delay(50, context.CancellationToken); // who does not wait for it comes first
            await Run("publish-k8s")(context);
        }, dependsOn: "publish-prereq", requiredBy: "publish");
        _pipeline.AddStep("values", Run("values"), dependsOn: new[] { "publish-k8s" }, requiredBy: new List<string> { "publish" });
        _pipeline.AddStep("unrelated", Run("unrelated"));
        await ExecuteAsync("publish");
        Assert.Equal(["publish-k8s", "values"], _ran);
    }

    [Fact]
    public async Task Independent_steps_run_side_by_side()
    {
        var (left, right) = (new TaskCompletionSource(), new TaskCompletionSource());
        _pipeline.AddStep("left", _ => { left.SetResult(); return right.Task; }, requiredBy: "publish");
        _pipeline.AddStep("right", _ => { right.SetResult(); return left.Task; }, requiredBy: "publish");
        await ExecuteAsync("publish").WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task A_failure_names_its_step_and_stops_what_comes_behind()
    {
        _pipeline.AddStep("broken", _ => throw new InvalidOperationException("no disk"), requiredBy: "later");
        _pipeline.AddStep("patient", async context => await Task.Delay(Timeout.Infinite, context.CancellationToken), requiredBy: "later");
        _pipeline.AddStep("later", Run("later"));
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => ExecuteAsync("later").WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("The pipeline step 'broken' failed: no disk", error.Message);
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task A_circle_is_shown_as_one()
    {
        _pipeline.AddStep("a", Run("a"), dependsOn: "c");
        _pipeline.AddStep("b", Run("b"), dependsOn: "a");
        _pipeline.AddStep("c", Run("c"), dependsOn: "b");
        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => ExecuteAsync("publish"));
        Assert.Contains("in a circle: 'a' -> 'c' -> 'b' -> 'a'", error.Message, StringComparison.Ordinal);
        Assert.Empty(_ran);
    }

    [Fact]
    public async Task Unknown_names_are_refused_with_those_that_exist()
    {
        var unknown = await Assert.ThrowsAsync<DistributedApplicationException>(() => ExecuteAsync("publich"));
        Assert.Contains("no step named 'publich'", unknown.Message, StringComparison.Ordinal);
        Assert.Contains("publish, publish-prereq", unknown.Message, StringComparison.Ordinal);

        _pipeline.AddStep("mine", Run("mine"), requiredBy: "nowhere");
        var dangling = await Assert.ThrowsAsync<DistributedApplicationException>(() => ExecuteAsync("publish"));
        Assert.Contains("'mine' is required by 'nowhere', which does not exist", dangling.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_is_used_once_and_dependencies_are_names()
    {
        _pipeline.AddStep("mine", Run("mine"));
        Assert.Contains("'mine'", Assert.Throws<InvalidOperationException>(() => _pipeline.AddStep("mine", Run("mine"))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>("dependsOn", () => _pipeline.AddStep("other", Run("other"), dependsOn: 3));
    }

    [Fact]
    public async Task Resources_bring_steps_and_configurations_change_them()
    {
        var resource = new ThingResource("thing");
        resource.Annotations.Add(new PipelineStepAnnotation(context => new PipelineStep { Name = $"prepare-{context.Resource.Name}", Action = Run("prepare"), Tags = { "mine" } }));
        _pipeline.AddStep("main", Run("main"));
        _pipeline.AddPipelineConfiguration(context =>
        {
            context.Steps.Single(s => s.Name == "main").DependsOn(context.GetSteps(resource, "mine").Single());
            return Task.CompletedTask;
        });
        await ExecuteAsync("main", resource);
        Assert.Equal(["prepare", "main"], _ran);
    }

    [Fact]
    public async Task Everything_is_told_to_the_cli_up_to_the_end()
    {
        _pipeline.AddStep("report", async context =>
        {
            await using var task = await context.ReportingStep.CreateTaskAsync("writing");
            context.Logger.LogInformation("a line");
            await task.CompleteAsync("written", CompletionState.CompletedWithWarning);
            context.Summary.Add("Chart", "out");
        });
        var context = await ExecuteAsync("report");
        _activities.Complete("done", CompletionState.Completed, context.Summary);

        List<(string, string, string)> told = [];
        await foreach (var activity in _activities.ReadAllAsync(default))
        {
            told.Add((activity.Type, activity.Data.StatusText, activity.Data.CompletionState));
        }

        Assert.Equal(
            [
                ("step", "report", "InProgress"), ("task", "writing", "InProgress"), ("log", "a line", "InProgress"), ("task", "writing", "CompletedWithWarning"),
                ("step", "report completed", "Completed"), ("publish-complete", "done", "Completed"),
            ],
            told);
    }

    private Func<PipelineStepContext, Task> Run(string name) => _ =>
    {
        _ran.Enqueue(name);
        return Task.CompletedTask;
    };

    private async Task<PipelineContext> ExecuteAsync(string step, params IResource[] resources)
    {
        var services = new ServiceCollection();
        services.AddOptions<PipelineOptions>().Configure(o => o.Step = step);
        services.AddSingleton(_activities);
        await using var provider = services.BuildServiceProvider();
        var context = new PipelineContext(
            new DistributedApplicationModel([.. resources]), new DistributedApplicationExecutionContext(DistributedApplicationOperation.Publish), provider, NullLogger.Instance, default);
        await _pipeline.ExecuteAsync(context);
        return context;
    }
}
