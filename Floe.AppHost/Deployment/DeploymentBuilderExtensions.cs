using Aspire.Hosting.Pipelines;
using Floe.AppHost.Deployment;
using Floe.AppHost.Preflight;
using Floe.AppHost.Publishing;
using Floe.AppHost.Publishing.Artifacts;
using Floe.AppHost.Publishing.Output;
using Floe.AppHost.Tools;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting;

/// <summary>The steps that install Floe's charts in a cluster, look at them and remove them.</summary>
internal static class DeploymentBuilderExtensions
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    /// <summary>Adds <c>deploy-local-full</c>, <c>deploy-local-infra</c>, <c>rollback-local</c>, <c>undeploy-local</c>, <c>status</c> and <c>verify-local</c>.</summary>
    public static void AddDeployment(this IDistributedApplicationBuilder builder, ChartPublisher charts, PublishSettings publish)
    {
        Add("deploy-local-full", "Installs all of Floe in the local cluster, stage by stage", async (target, context) =>
        {
            await DeployAsync(target, context, ChartPublisher.ChartNames);
            if (target.Settings.Verify)
                await VerifyAsync(target, context);
        });
        Add("deploy-local-infra", "Installs PostgreSQL, store, catalog and observability in the local cluster", (target, context) => DeployAsync(target, context, [ChartPublisher.ChartNames[0]]));
        Add("rollback-local", "Goes back to the deployment before", RollBackAsync);
        Add("undeploy-local", "Removes Floe from the local cluster; credentials and volumes stay", RemoveAsync);
        Add("status", "Says what is deployed and how it is", StatusAsync);
        Add("verify-local", "Runs the charts' own tests against what is deployed", VerifyAsync);

        void Add(string name, string description, Func<DeploymentTarget, PipelineStepContext, Task> action) => builder.Pipeline.AddStep(new PipelineStep
        {
            Name = name,
            Description = description,
            Action = async context => await action(await DeploymentTarget.CreateAsync(DeploySettings.Read(builder.Configuration, builder.AppHostDirectory), charts, publish, context), context),
        });
    }

    private static async Task DeployAsync(DeploymentTarget target, PipelineStepContext context, IReadOnlyList<string> charts)
    {
        // The local ports are for the port-forwards that come later; an open one must not keep anybody from an upgrade.
        var preflight = await new PreflightRunner(new() { Checks = [PreflightService.Cluster], ClusterContext = target.Context, Kubectl = target.Settings.Kubectl, Ports = [] }, Credentials.FromEnvironment, TimeProvider.System)
            .RunAsync(context.CancellationToken);
        if (preflight.ExitCode != 0)
            throw new DistributedApplicationException(preflight.Checks[0].ToString());
        context.Logger.LogInformation("{Check}", preflight.Checks[0]);

        foreach (var release in target.Environment.Releases.Where(r => charts.Contains(r.Chart.Name)))
        {
            await using var stage = await context.ReportingStep.CreateTaskAsync($"{release.Name} {release.Chart.Version}", context.CancellationToken);
            try
            {
                await target.Deployer.DeployAsync(target.Environment, release, target.Settings.Rollback, async line =>
                {
                    await stage.UpdateAsync($"{release.Name}: {line}", context.CancellationToken);
                    context.Logger.LogInformation("{Release}: {Line}", release.Name, line);
                }, context.CancellationToken);
            }
            catch (DistributedApplicationException e)
            {
                await stage.CompleteAsync(e.Message, CompletionState.CompletedWithError, CancellationToken.None);
                throw;
            }
            await stage.CompleteAsync($"{release.Name} {release.Chart.Version} is ready: {string.Join(", ", target.Records.Latest(release.Name)!.Components)}", cancellationToken: context.CancellationToken);
        }
        context.Logger.LogInformation("Port-forwards to all of it: helm get notes {Release} --namespace {Namespace}", target.Environment.Releases[0].Name, target.Environment.Namespace);
    }

    private static async Task RollBackAsync(DeploymentTarget target, PipelineStepContext context)
    {
        // Those that depend on others first, as they are removed.
        foreach (var release in target.Environment.Releases.Reverse().Where(r => target.Records.Latest(r.Name) is not null))
            context.Logger.LogInformation("{Done}", await target.Deployer.RollBackAsync(release.Name, target.Environment.Namespace, line =>
            {
                context.Logger.LogInformation("{Release}: {Line}", release.Name, line);
                return Task.CompletedTask;
            }, context.CancellationToken));
    }

    private static async Task RemoveAsync(DeploymentTarget target, PipelineStepContext context)
    {
        foreach (var release in target.Environment.Releases.Reverse())
            context.Logger.LogInformation("{Release} {Done}", release.Name, await target.Deployer.RemoveAsync(release.Name, target.Environment.Namespace, context.CancellationToken) ? "is removed" : "was not installed");
        context.Logger.LogInformation("Credentials and volumes stay in the namespace {Namespace}; kubectl delete namespace {Namespace} removes them too", target.Environment.Namespace, target.Environment.Namespace);
    }

    private static async Task StatusAsync(DeploymentTarget target, PipelineStepContext context)
    {
        foreach (var release in target.Environment.Releases)
        {
            var record = target.Records.Latest(release.Name);
            context.Logger.LogInformation("{Release}: {Status}", release.Name, record is null ? "not deployed from here"
                : $"{record.Status.ToString().ToLowerInvariant()}, revision {record.Revision}, chart {record.ChartVersion}, {record.DeployedAt:u} by {record.DeployedBy}{(record.Reason is null ? "" : $": {record.Reason}")}");
            var state = await ReleaseState.ReadAsync(target.Kubectl, release.Name, target.Environment.Namespace, context.CancellationToken);
            foreach (var component in state.Components)
                context.Logger.LogInformation("  {Type} {Component} {Health}", component.Type, component, component.Health.ToString().ToLowerInvariant());
            foreach (var problem in state.Problems)
                context.Logger.LogWarning("  {Problem}", problem);
        }
    }

    private static async Task VerifyAsync(DeploymentTarget target, PipelineStepContext context)
    {
        foreach (var release in target.Environment.Releases)
        {
            var tested = await target.Helm.TestAsync(release.Name, target.Environment.Namespace, context.CancellationToken);
            if (tested.ExitCode != 0)
                throw new DistributedApplicationException($"The tests of '{release.Name}' failed: {tested.Reason}");
            context.Logger.LogInformation("{Release}: its tests pass", release.Name);
        }
    }

    /// <summary>What the steps work on: an environment, and the tools with its cluster's context.</summary>
    private sealed record DeploymentTarget(DeploySettings Settings, string Context, PublishedEnvironment Environment, DeploymentRecords Records, Helm Helm, Kubectl Kubectl, Deployer Deployer)
    {
        public static async Task<DeploymentTarget> CreateAsync(DeploySettings settings, ChartPublisher charts, PublishSettings publish, PipelineStepContext context)
        {
            var environment = await charts.CreateAsync(settings.Environment, context.Model, context.ExecutionContext, context.CancellationToken);
            var cluster = settings.Context ?? environment.Mapping.Cluster;
            var helm = Helm.Find(settings.Helm ?? publish.HelmCommand, cluster);
            var kubectl = new Kubectl(settings.Kubectl, cluster);
            var records = DeploymentRecords.Load(settings.StateDirectory, settings.Environment);
            var deployer = new Deployer(helm, kubectl, records, TimeProvider.System, publish.ChartsDirectory, CompiledArtifacts.CurrentVersion, TimeSpan.FromSeconds(settings.TimeoutSeconds), s_interval);
            return new(settings, cluster, environment, records, helm, kubectl, deployer);
        }
    }
}
