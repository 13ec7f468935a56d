using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A model: one SQL file that gives one relation.</summary>
public sealed class DbtModel
{
    internal DbtModel(string name, string file, Template template, ModelConfig config, ModelDocs? docs)
    {
        Name = name;
        File = file;
        Template = template;
        Config = config;
        Docs = docs ?? ModelDocs.None;
    }

    /// <summary>Name, unique in the project.</summary>
    public string Name { get; }

    /// <summary>Path inside the project.</summary>
    public string File { get; }

    /// <summary>Its settings.</summary>
    public ModelConfig Config { get; }

    /// <summary>How it is kept.</summary>
    public Materialization Materialized => Config.Materialized;

    /// <summary>Namespace of the Iceberg table that it is landed in (<c>meta.iceberg_namespace</c>), or null when it is not landed.</summary>
    public string? IcebergNamespace => Config.IcebergNamespace;

    /// <summary>The models that it reads.</summary>
    public IEnumerable<string> DependsOn => Template.Refs.Keys;

    /// <summary>What its YAML file says about it.</summary>
    internal ModelDocs Docs { get; }

    internal Template Template { get; }
}
