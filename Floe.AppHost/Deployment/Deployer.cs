using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.AppHost.Publishing.Output;
using Floe.AppHost.Tools;

namespace Floe.AppHost.Deployment;

/// <summary>
/// Installs the releases of an environment one after the other, each only when the one before is ready; says what it waits for, and when it cannot become
/// ready, why. Helm is not asked to wait: it would say nothing until its timeout, and then only that.
/// </summary>
/// <param name="helm">Helm with the cluster's context.</param>
/// <param name="kubectl">kubectl with the same.</param>
/// <param name="records">Where deployments are recorded.</param>
/// <param name="clock">The time.</param>
/// <param name="chartsDirectory">Folder with the charts.</param>
/// <param name="artifactVersion">Version of the artifacts that the values come from.</param>
/// <param name="timeout">For each stage.</param>
/// <param name="interval">Between two looks at the cluster.</param>
public sealed class Deployer(
    Helm helm, Kubectl kubectl, DeploymentRecords records, TimeProvider clock, string chartsDirectory, string artifactVersion, TimeSpan timeout, TimeSpan interval)
{
    private const string BrokenOff = "broken off";

    /// <summary>Deploys one release and waits until it is ready.</summary>
    /// <param name="environment">Environment and namespace.</param>
    /// <param name="release">Chart and values.</param>
    /// <param name="rollback">Whether a failure goes back to what was there before.</param>
    /// <param name="progress">Called with a line whenever something changed.</param>
    /// <param name="cancellationToken">Stops; the deployment is then recorded as failed.</param>
    /// <exception cref="DistributedApplicationException">It did not become ready; says why and what to do.</exception>
    internal async Task DeployAsync(PublishedEnvironment environment, PublishedRelease release, bool rollback, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        records.Begin(new()
        {
            ReleaseName = release.Name, Namespace = environment.Namespace, ChartVersion = release.Chart.Version, ArtifactVersion = artifactVersion,
            Environment = environment.Name, Status = DeploymentStatus.Pending, DeployedAt = clock.GetUtcNow(), DeployedBy = Environment.UserName,
        });
        try
        {
            try
            {
                await UpgradeAsync(environment, release, cancellationToken);
            }
            catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
            {
                records.Fail(release.Name, [], e is OperationCanceledException ? BrokenOff : e.Message);
                throw;
            }
            await FinishAsync(release.Name, environment.Namespace, progress, cancellationToken);
        }
        catch (DistributedApplicationException e) when (rollback)
        {
            var back = await RollBackAsync(release.Name, environment.Namespace, records.InPlace(release.Name)?.Revision, cancellationToken);
            throw new DistributedApplicationException($"{e.Message} {back}", e);
        }
    }

    /// <summary>
    /// Goes back to the deployment before the one that is in place, and waits until it is ready; called again, to the one before that. After a deployment
    /// that failed, goes back to the one that is in place.
    /// </summary>
    /// <returns>What was done.</returns>
    /// <exception cref="DistributedApplicationException">There is nothing to go back to, Helm cannot, or it does not become ready.</exception>
    public async Task<string> RollBackAsync(string release, string targetNamespace, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        var good = records.Latest(release) switch
        {
            null => throw new DistributedApplicationException($"No deployment of '{release}' is recorded, so there is nothing to go back to; helm history {release} knows what is in the cluster."),
            { Status: DeploymentStatus.Deployed } => records.Before(release),
            _ => records.InPlace(release),
        } ?? throw new DistributedApplicationException($"No earlier good deployment of '{release}' is recorded; remove it with undeploy-local.");
        var back = await RollBackAsync(release, targetNamespace, good.Revision, cancellationToken);
        // The same content in place again: a deployment of its own, and what it replaces is superseded.
        records.Begin(good with { DeployedAt = clock.GetUtcNow(), DeployedBy = Environment.UserName, Reason = null });
        await FinishAsync(release, targetNamespace, progress, cancellationToken);
        records.WentBack(good);
        return back;
    }

    /// <summary>Removes a release.</summary>
    /// <returns>Whether it was there.</returns>
    /// <exception cref="DistributedApplicationException">Helm cannot.</exception>
    public async Task<bool> RemoveAsync(string release, string targetNamespace, CancellationToken cancellationToken)
    {
        var removed = await helm.UninstallAsync(release, targetNamespace, cancellationToken);
        if (removed.ExitCode != 0 && !removed.Error.Contains("not found", StringComparison.OrdinalIgnoreCase))
            throw new DistributedApplicationException($"helm cannot remove '{release}': {removed.Reason}");
        records.Remove(release);
        return removed.ExitCode == 0;
    }

    /// <summary>Waits for what was asked of the cluster, and records how it ended.</summary>
    private async Task FinishAsync(string release, string targetNamespace, Func<string, Task> progress, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeployedComponent> components = [];
        try
        {
            components = await WaitAsync(release, targetNamespace, progress, found => components = found, cancellationToken);
        }
        catch (Exception e) when (e is DistributedApplicationException or OperationCanceledException)
        {
            records.Fail(release, components, e is OperationCanceledException ? BrokenOff : e.Message);
            throw;
        }
        records.Succeed(release, components);
    }

    private async Task UpgradeAsync(PublishedEnvironment environment, PublishedRelease release, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("floe-deploy-").FullName;
        try
        {
            var values = Path.Combine(folder, "values.yaml");
            await File.WriteAllTextAsync(values, release.ValuesText, cancellationToken);
            var upgraded = await helm.UpgradeAsync(
                release.Name, Path.Combine(chartsDirectory, release.Chart.Name), environment.Namespace, values, $"Floe, environment {environment.Name}", cancellationToken);
            if (upgraded.ExitCode != 0)
                throw new DistributedApplicationException($"helm cannot install '{release.Name}': {upgraded.Reason}");
            records.Update(release.Name, deployment => deployment with { Revision = Revision(upgraded.Output) });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<IReadOnlyList<DeployedComponent>> WaitAsync(
        string release, string targetNamespace, Func<string, Task> progress, Action<IReadOnlyList<DeployedComponent>> seen, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        var last = "";
        while (true)
        {
            var state = await ReleaseState.ReadAsync(kubectl, release, targetNamespace, cancellationToken);
            seen(state.Components);
            if (state.IsReady)
                return state.Components;
            if (state.Problems.FirstOrDefault(p => p.IsFinal) is { } final)
                throw new DistributedApplicationException($"'{release}' does not become ready. {await ExplainAsync(final, targetNamespace, cancellationToken)}");

            var waitsFor = string.Join(", ", state.Components.Where(c => c.Health != ComponentHealth.Healthy));
            var now = string.Join("; ", new[] { waitsFor.Length > 0 ? $"waiting for {waitsFor}" : $"waiting for the pods of {release}" }.Concat(state.Problems.Select(p => p.ToString())));
            if (now != last)
                await progress(last = now);
            if (clock.GetElapsedTime(start) > timeout)
                throw new DistributedApplicationException($"'{release}' is not ready after {timeout.TotalSeconds:0} s ({now}). {(state.Problems.Count > 0 ? await ExplainAsync(state.Problems[0], targetNamespace, cancellationToken) : $"Remedy: see kubectl describe pods --namespace {targetNamespace} --selector app.kubernetes.io/instance={release}, or give more time with Floe:Deploy:TimeoutSeconds")}");
            await Task.Delay(interval, clock, cancellationToken);
        }
    }

    private async Task<string> ExplainAsync(PodProblem problem, string targetNamespace, CancellationToken cancellationToken)
    {
        if (problem.Container is not { } container)
            return $"{problem}.";
        var logs = await kubectl.RunAsync(["logs", problem.Pod, "--container", container, "--namespace", targetNamespace, "--previous", "--tail", "3"], cancellationToken);
        var words = logs.Output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return logs.ExitCode == 0 && words.Length > 0 ? $"{problem}. Its last words: {string.Join(" / ", words)}" : $"{problem}.";
    }

    private async Task<string> RollBackAsync(string release, string targetNamespace, int? revision, CancellationToken cancellationToken)
    {
        if (revision is not { } number)
        {
            await RemoveAsync(release, targetNamespace, cancellationToken);
            return $"Rolled back: '{release}' was removed, for nothing was there before.";
        }
        var rolled = await helm.RollbackAsync(release, number, targetNamespace, cancellationToken);
        return rolled.ExitCode == 0 ? $"Rolled back: '{release}' is revision {number} again."
            : throw new DistributedApplicationException($"helm cannot roll '{release}' back to revision {number}: {rolled.Reason}");
    }

    private static int? Revision(string json)
    {
        try
        {
            return JsonNode.Parse(json)?["version"]?.GetValue<int>();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
