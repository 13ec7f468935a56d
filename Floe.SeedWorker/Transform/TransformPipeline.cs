using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Lineage;
using Floe.SeedWorker.Transform.Artifacts;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Transform;

/// <summary>From raw tables to marts: views over the snapshots' files, the dbt project with its tests, and one commit of all results.</summary>
public sealed class TransformPipeline(
    ICatalog catalog, DuckDbScan scan, ModelLanding landing, ModelLineage lineage, RunArchive archive, IOptions<TransformOptions> options, TimeProvider time, ILogger<TransformPipeline> log)
{
    /// <summary>Builds, tests and lands everything. When it fails, the last landed tables stay as they are.</summary>
    /// <exception cref="DbtException">The project is wrong; names file and line.</exception>
    /// <exception cref="TransformException">A data test failed.</exception>
    public Task RunAsync(RunContext run, CancellationToken ct) => RunAsync(run, new TransformRequest(), ct);

    /// <summary>As the other overload, for a part of the project or from nothing.</summary>
    public async Task RunAsync(RunContext run, TransformRequest request, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("transform");
        var started = time.GetTimestamp();
        var project = DbtProject.Load(options.Value.ProjectDirectory);
        await using var db = await DuckDbSession.OpenAsync(ct, Environment.ProcessorCount);
        LandingRun? land = null;
        ProjectLineage? origins = null;
        try
        {
            var (plan, results) = await run.StepAsync("build", async step =>
            {
                var planned = await new TransformPlanner(catalog, project, request).PlanAsync(ct);
                // Many small queries side by side, over and over in the same files: DuckDB's helpers would only wait for each other, awake, and copies of what
                // the system has in memory cost more than they save.
                if (planned.FullRefresh is null)
                    await Sql.ExecuteAsync(db, "set threads = 1; set parquet_metadata_cache = true; set enable_external_file_cache = false", ct);
                land = new LandingRun(catalog, landing, db, planned, new Dictionary<string, string> { [BronzeTables.RunKey] = run.Id.ToString() }, ct);
                var built = await BuildAsync(db, planned, land, ct);
                step.Rows = built.Models.Sum(m => m.Rows ?? 0);
                step.Detail = Describe(planned, built);
                origins = await archive.LineageAsync(db, planned, ct);
                await lineage.BuiltAsync(run.Id, planned, built, origins, model => Sql.ColumnsAsync(db, $"select * from {DbtRunner.Relation(model)}", ct));
                await archive.WriteAsync(db, planned, built, request, run.Id, ct);
                built.ThrowIfFailed();
                return (planned, built);
            });
            var landed = await run.StepAsync("land", async step =>
            {
                var models = await lineage.LandAsync(run.Id, plan, results, origins!, land!.CommitAsync);
                step.Rows = models.Sum(m => m.Rows);
                step.Detail = string.Join(", ", models.OrderBy(m => m.Table.Identifier.ToString(), StringComparer.Ordinal).Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Table.Identifier} {m.Rows}")));
                return models;
            });

            span?.SetTag("floe.transform.models", results.Models.Count()).SetTag(Telemetry.Rows, landed.Sum(m => m.Rows)).SetTag("floe.transform.incremental", plan.FullRefresh is null);
            log.LogInformation(
                "transform: {How}; {Models} models built, {Tests} tests passed, {Tables} tables landed ({Rows:N0} rows written) in {Seconds:0.0} s",
                How(plan), results.Models.Count(), results.Tests.Count(), landed.Count, landed.Sum(m => m.Rows), time.GetElapsedTime(started).TotalSeconds);
        }
        finally
        {
            if (land is not null)
                await land.DisposeAsync();
        }
    }

    private async Task<DbtResults> BuildAsync(DuckDBConnection db, TransformPlan plan, LandingRun land, CancellationToken ct)
    {
        await AttachAsync(db, plan, ct);
        var asOf = time.GetUtcNow().UtcDateTime;
        var vars = new Dictionary<string, string> { ["as_of"] = $"timestamp '{asOf.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}'" };
        var onto = plan.FullRefresh is null ? plan.Landing.Select(m => m.Name).Where(plan.Attached.ContainsKey) : [];
        var runner = new DbtRunner(plan.Project, vars, new SnapshotStore(onto.ToHashSet(StringComparer.Ordinal)), time);
        return await runner.RunAsync(db, DbtVerb.Build, plan.Nodes, ct, (model, _) => land.Add(model));
    }

    private static string How(TransformPlan plan) => plan.FullRefresh is { } why
        ? $"full refresh, because {why}"
        : string.Create(CultureInfo.InvariantCulture, $"incremental, {plan.ArrivedRows:N0} rows arrived");

    private static string Describe(TransformPlan plan, DbtResults results) => string.Create(
        CultureInfo.InvariantCulture,
        $"{How(plan)}; {string.Join(", ", results.Models.Select(m => $"{m.Name} {m.Elapsed.TotalMilliseconds:0} ms"))}; {results.Tests.Count(t => t.Status == NodeStatus.Pass)} tests passed in {results.Tests.Sum(t => t.Elapsed.TotalMilliseconds):0} ms, {results.Tests.Count(t => t.Status == NodeStatus.Fail)} failed");

    /// <summary>Makes each source a view over its table's snapshot, and what arrived of it another; and models readable that are built onto or only read.</summary>
    private async Task AttachAsync(DuckDBConnection db, TransformPlan plan, CancellationToken ct)
    {
        var views = await Task.WhenAll(plan.Project.Sources.Select(async source =>
        {
            var name = $"{source.ArrivalsOf ?? source.Source}.{source.Table}";
            var rows = source.ArrivalsOf is not null && plan.Arrivals.TryGetValue(name, out var arrived)
                ? await scan.ToSqlAsync(arrived, ct)
                : await scan.ToSqlAsync(plan.Sources[name], plan.Sources[name].Metadata.CurrentSnapshotId, ct);
            return $"create schema if not exists {RelationScope.Quote(source.Schema)}; create view {RelationScope.Relation(source)} as select * from {rows}";
        }));
        await Sql.ExecuteAsync(db, string.Join(";\n", views), ct);
        foreach (var (name, there) in plan.Attached)
            await SnapshotStore.AttachAsync(db, plan.Project.Model(name), await scan.ToSqlAsync(there, ct), ct);
    }
}
