using Floe.SeedWorker.Transform.Templates;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A model: one SQL file that gives one relation.</summary>
public sealed class DbtModel
{
    internal DbtModel(string name, string file, Template template, Materialization materialized, string? landing)
    {
        Name = name;
        File = file;
        Template = template;
        Materialized = materialized;
        IcebergNamespace = landing;
    }

    /// <summary>Name, unique in the project.</summary>
    public string Name { get; }

    /// <summary>Path inside the project.</summary>
    public string File { get; }

    /// <summary>How it is kept.</summary>
    public Materialization Materialized { get; }

    /// <summary>Namespace of the Iceberg table that it is landed in (<c>meta.iceberg_namespace</c>), or null when it is not landed.</summary>
    public string? IcebergNamespace { get; }

    /// <summary>The models that it reads.</summary>
    public IEnumerable<string> DependsOn => Template.Refs.Keys;

    internal Template Template { get; }
}
