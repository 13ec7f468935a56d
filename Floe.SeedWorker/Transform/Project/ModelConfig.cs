using System.Collections;

namespace Floe.SeedWorker.Transform.Project;

/// <summary>A model's settings: those of its folders in <c>dbt_project.yml</c>, over them those of its own <c>config(...)</c>.</summary>
internal sealed class ModelConfig
{
    public Materialization Materialized { get; private set; } = Materialization.View;

    public string? IcebergNamespace { get; private set; }

    /// <summary>Takes one setting over.</summary>
    /// <exception cref="DbtException">It is not supported.</exception>
    public void Set(string key, object? value, string file, int line)
    {
        switch (key)
        {
            case "materialized":
                Materialized = value switch
                {
                    "view" => Materialization.View,
                    "table" => Materialization.Table,
                    _ => throw new DbtException(file, line, $"materialized='{value}' is not supported; it must be 'view' or 'table'."),
                };
                break;
            case "meta":
                IcebergNamespace = value is IDictionary meta && meta["iceberg_namespace"] is string landing
                    ? landing
                    : throw new DbtException(file, line, "meta must have iceberg_namespace: the namespace that the model's table is landed in.");
                break;
            default:
                throw new DbtException(file, line, $"config '{key}' is not supported; supported are materialized and meta.");
        }
    }
}
