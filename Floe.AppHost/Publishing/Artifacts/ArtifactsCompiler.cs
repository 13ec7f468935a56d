using System.Text.Json.Nodes;
using Floe.AppHost.Minio;
using Floe.AppHost.Polaris;

namespace Floe.AppHost.Publishing.Artifacts;

/// <summary>Compiles the artifacts from the application model and the dbt project: which services there are, which models they run.</summary>
public static class ArtifactsCompiler
{
    private const string Product = "floe";

    /// <summary>Compiles; the same sources give the same artifacts.</summary>
    public static CompiledArtifacts Compile(DistributedApplicationModel model, DbtProject dbt, string floeVersion)
    {
        var containers = model.Resources.Where(r => r.Annotations.OfType<ContainerImageAnnotation>().Any()).ToDictionary(r => r.Name, r => r.Annotations.OfType<ContainerImageAnnotation>().Last().Tag ?? floeVersion);
        var catalog = model.Resources.OfType<IPolarisResource>().Single().Name;
        var storage = model.Resources.OfType<IMinioResource>().Single().Name;
        return new()
        {
            Metadata = new(Product, floeVersion, floeVersion, dbt.SourceHash),
            Plugins = new(
                new("duckdb", "1.5"),
                new("seedworker", floeVersion),
                new("polaris", containers[catalog]),
                new("minio", containers[storage]),
                new("cubeproxy", floeVersion),
                containers.TryGetValue("jaeger", out var jaeger) ? new("jaeger", jaeger) : null,
                containers.TryGetValue("marquez", out var marquez) ? new("marquez", marquez) : null),
            Observability = new(new(containers.ContainsKey("jaeger"))),
            Transforms = new("duckdb", dbt.Models),
            DbtProfiles = (JsonObject)dbt.Profiles.DeepClone(),
        };
    }
}
