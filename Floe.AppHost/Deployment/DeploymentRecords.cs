using System.Text.Json;
using System.Text.Json.Serialization;

namespace Floe.AppHost.Deployment;

/// <summary>The deployments of an environment, newest last, in a file that is replaced as a whole. Only the transitions of data model 9B §4 are possible.</summary>
public sealed class DeploymentRecords
{
    private const int KeptPerRelease = 10;

    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        WriteIndented = true,
    };

    private readonly string _file;
    private List<PlatformDeployment> _deployments;

    private DeploymentRecords(string file, List<PlatformDeployment> deployments) => (_file, _deployments) = (file, deployments);

    /// <summary>All deployments, oldest first.</summary>
    public IReadOnlyList<PlatformDeployment> All => _deployments;

    /// <summary>Reads the records of an environment; none yet is an empty list.</summary>
    /// <exception cref="DistributedApplicationException">The file is damaged.</exception>
    public static DeploymentRecords Load(string directory, string environment)
    {
        var file = Path.Combine(directory, $"{environment}.json");
        try
        {
            return new(file, File.Exists(file) ? JsonSerializer.Deserialize<List<PlatformDeployment>>(File.ReadAllText(file), s_json) ?? [] : []);
        }
        catch (JsonException e)
        {
            throw new DistributedApplicationException($"The records of deployments '{file}' are damaged ({e.Message}); delete the file: the cluster itself is not touched by that.");
        }
    }

    /// <summary>The newest deployment of a release, or null.</summary>
    public PlatformDeployment? Latest(string release) => _deployments.LastOrDefault(d => d.ReleaseName == release);

    /// <summary>The deployment of a release that is in place, or null.</summary>
    public PlatformDeployment? InPlace(string release) => _deployments.LastOrDefault(d => d.ReleaseName == release && d.Status == DeploymentStatus.Deployed);

    /// <summary>The one before it that was in place and not given up by a rollback, or null.</summary>
    public PlatformDeployment? Before(string release) => _deployments.LastOrDefault(d => d is { Status: DeploymentStatus.Superseded, GivenUp: false } && d.ReleaseName == release);

    /// <summary>Records that a release is being deployed; one that failed, or was broken off, is tried again.</summary>
    public void Begin(PlatformDeployment deployment)
    {
        if (Latest(deployment.ReleaseName) is { Status: DeploymentStatus.Failed or DeploymentStatus.Pending } retried)
            _deployments.Remove(retried);
        _deployments.Add(deployment with { Status = DeploymentStatus.Pending });
        Save();
    }

    /// <summary>Records what is known so far.</summary>
    public void Update(string release, Func<PlatformDeployment, PlatformDeployment> change)
    {
        var pending = Pending(release);
        Replace(pending, change(pending) with { Status = DeploymentStatus.Pending });
    }

    /// <summary>Records that all of it is ready; what was in place before is superseded.</summary>
    public void Succeed(string release, IReadOnlyList<DeployedComponent> components)
    {
        var pending = Pending(release);
        if (InPlace(release) is { } older)
            Replace(older, older with { Status = DeploymentStatus.Superseded });
        Replace(pending, pending with { Status = DeploymentStatus.Deployed, Components = components, Reason = null });
    }

    /// <summary>Records that the newest deployment is an older one again: what came between is given up, so that the next rollback goes further back.</summary>
    public void WentBack(PlatformDeployment older)
    {
        var (newest, since) = (Latest(older.ReleaseName), _deployments.IndexOf(older));
        _deployments = [.. _deployments.Select((d, i) => d.ReleaseName == older.ReleaseName && i > since && d != newest ? d with { GivenUp = true } : d).Where((_, i) => i != since)];
        Save();
    }

    /// <summary>Records that it did not become ready.</summary>
    public void Fail(string release, IReadOnlyList<DeployedComponent> components, string reason)
    {
        var pending = Pending(release);
        Replace(pending, pending with { Status = DeploymentStatus.Failed, Components = components, Reason = reason });
    }

    /// <summary>Forgets a release that was removed from the cluster.</summary>
    public void Remove(string release)
    {
        _deployments.RemoveAll(d => d.ReleaseName == release);
        Save();
    }

    private PlatformDeployment Pending(string release) => Latest(release) is { Status: DeploymentStatus.Pending } pending ? pending
        : throw new InvalidOperationException($"No deployment of '{release}' is pending; Begin comes first.");

    private void Replace(PlatformDeployment old, PlatformDeployment with)
    {
        _deployments[_deployments.IndexOf(old)] = with;
        Save();
    }

    private void Save()
    {
        _deployments = [.. _deployments.GroupBy(d => d.ReleaseName).SelectMany(g => g.TakeLast(KeptPerRelease)).OrderBy(d => d.DeployedAt)];
        Directory.CreateDirectory(Path.GetDirectoryName(_file)!);
        var temporary = $"{_file}.tmp";
        File.WriteAllText(temporary, JsonSerializer.Serialize(_deployments, s_json));
        File.Move(temporary, _file, overwrite: true);
    }
}
