using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Transform.Artifacts;

/// <summary>Keeps the artifacts of runs: those of the latest in the target folder, as dbt has them, and those of the last runs below <c>runs/</c>.</summary>
public sealed class RunArchive(IOptions<TransformOptions> options, TimeProvider time)
{
    private const int KeptRuns = 50;
    private (string Key, ProjectLineage Lineage)? _lineage;

    /// <summary>Writes what a run did; also when it failed.</summary>
    /// <param name="db">The database of the run, which has the sources.</param>
    /// <param name="plan">What was to be done.</param>
    /// <param name="results">What was done.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="run">The run's id.</param>
    /// <param name="ct">Ends the work.</param>
    internal async Task WriteAsync(DuckDBConnection db, TransformPlan plan, DbtResults results, TransformRequest request, Guid run, CancellationToken ct)
    {
        var target = options.Value.TargetDirectory;
        var now = time.GetUtcNow();
        var args = new JsonObject { ["which"] = "build", ["select"] = request.Select, ["exclude"] = request.Exclude, ["full_refresh"] = plan.FullRefresh is not null, ["full_refresh_reason"] = plan.FullRefresh };
        var runResults = DbtArtifacts.RunResults(plan.Project, results, run.ToString(), args, now);
        var manifest = DbtArtifacts.Manifest(plan.Project, await LineageAsync(db, plan, ct), run.ToString(), now);
        var own = Path.Combine(target, "runs", run.ToString());
        await DbtArtifacts.WriteAsync([target, own], DbtArtifacts.RunResultsFile, runResults, ct);
        await DbtArtifacts.WriteAsync([target, own], DbtArtifacts.ManifestFile, manifest, ct);

        foreach (var old in new DirectoryInfo(Path.Combine(target, "runs")).EnumerateDirectories().OrderByDescending(d => d.LastWriteTimeUtc).Skip(KeptRuns))
            old.Delete(recursive: true);
    }

    /// <summary>Lineage of the plan's project; read anew when a model or a source's schema is another than the last time.</summary>
    internal async Task<ProjectLineage> LineageAsync(DuckDBConnection db, TransformPlan plan, CancellationToken ct)
    {
        var definitions = new ModelDefinitions(plan.Project);
        var key = string.Join(' ', plan.Project.Models.Select(definitions.Of).Concat(plan.Sources.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Key}:{s.Value.Metadata.TableUuid}:{s.Value.Metadata.CurrentSchemaId}")));
        if (_lineage is { } known && known.Key == key)
            return known.Lineage;
        var sources = new Dictionary<string, IReadOnlyList<(string Name, string Type)>>(StringComparer.Ordinal);
        foreach (var source in plan.Project.Sources)
            sources[$"{source.Source}.{source.Table}"] = await Sql.ColumnsAsync(db, $"select * from {RelationScope.Relation(source)}", ct);
        var lineage = await ProjectLineage.ReadAsync(plan.Project, sources, ct);
        _lineage = (key, lineage);
        return lineage;
    }
}
