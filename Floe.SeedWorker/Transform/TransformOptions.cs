using Floe.ServiceDefaults.Configuration;

namespace Floe.SeedWorker.Transform;

/// <summary>Settings <c>Transform:*</c>.</summary>
public sealed class TransformOptions : IValidatableOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Transform";

    /// <summary>Folder of the dbt project; read anew in every run, so that a change needs no restart.</summary>
    public string ProjectDirectory { get; set; } = Path.Combine(AppContext.BaseDirectory, "dbt");

    /// <inheritdoc/>
    public IEnumerable<string> Validate()
    {
        if (!Directory.Exists(ProjectDirectory))
            yield return $"{nameof(ProjectDirectory)} is '{ProjectDirectory}', which is not a folder; give the folder that has dbt_project.yml.";
    }
}
