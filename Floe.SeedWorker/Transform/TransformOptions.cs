using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Transform;

/// <summary>Settings <c>Transform:*</c>.</summary>
public sealed class TransformOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Transform";

    /// <summary>Folder of the dbt project; read anew in every run, so that a change needs no restart.</summary>
    public string ProjectDirectory { get; set; } = Path.Combine(AppContext.BaseDirectory, "dbt");

    /// <summary>Folder for <c>manifest.json</c> and <c>run_results.json</c> of the latest runs; made when it is not there.</summary>
    public string TargetDirectory { get; set; } = Path.Combine(Path.GetTempPath(), "floe-dbt-target");

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (!Directory.Exists(ProjectDirectory))
            yield return $"{nameof(ProjectDirectory)} is '{ProjectDirectory}', which is not a folder; give the folder that has dbt_project.yml.";
        if (string.IsNullOrWhiteSpace(TargetDirectory) || File.Exists(TargetDirectory))
            yield return $"{nameof(TargetDirectory)} is '{TargetDirectory}', which cannot be a folder; give one that may be written to.";
    }
}
