using System.Globalization;
using System.Text.Json.Nodes;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Transform;

/// <summary>From raw tables to marts: views over the snapshots' files, the dbt project, its tests, and one commit of all results.</summary>
public sealed class TransformPipeline(
    ICatalog catalog, DuckDbScan scan, ModelLanding landing, IOptions<TransformOptions> options, TimeProvider time, ILogger<TransformPipeline> log)
{
    /// <summary>Builds, tests and lands. When it fails, the last landed tables stay as they are.</summary>
    /// <exception cref="DbtException">The project is wrong; names file and line.</exception>
    /// <exception cref="TransformException">A data test failed.</exception>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("transform");
        var started = time.GetTimestamp();
        var project = DbtProject.Load(options.Value.ProjectDirectory);
        await using var db = await DuckDbSession.OpenAsync(ct, Environment.ProcessorCount);
        var snapshots = await AttachSourcesAsync(db, project, ct);

        var asOf = time.GetUtcNow().UtcDateTime;
        var runner = new DbtRunner(project, new Dictionary<string, string> { ["as_of"] = $"timestamp '{asOf.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}'" }, time);
        var models = await run.StepAsync("models", async step =>
        {
            var built = await runner.BuildAsync(db, ct);
            step.Rows = built.Sum(m => m.Rows ?? 0);
            step.Detail = string.Join(", ", built.Select(m => string.Create(CultureInfo.InvariantCulture, $"{m.Model.Name} {m.Elapsed.TotalMilliseconds:0} ms")));
            return built;
        });

        await run.StepAsync("tests", async step =>
        {
            var tests = await runner.TestAsync(db, ct);
            var failed = tests.Where(t => t.FailingRows > 0).ToList();
            step.Detail = $"{tests.Count - failed.Count} passed, {failed.Count} failed";
            if (failed.Count > 0)
            {
                throw new TransformException(
                    $"{failed.Count} of {tests.Count} data tests failed, nothing was landed: {string.Join("; ", failed.Select(t => $"{t.Name} ({t.FailingRows} rows, {t.File}:{t.Line})"))}.");
            }

            return tests.Count;
        });

        var rows = await run.StepAsync("land", async step =>
        {
            var landed = await landing.LandAsync(db, project.Models, new Dictionary<string, string>
            {
                [BronzeTables.RunKey] = run.Id.ToString(),
                ["floe.sources"] = snapshots.ToJsonString(),
            }, ct);
            step.Rows = landed.Values.Sum();
            return landed;
        });

        span?.SetTag("floe.models", models.Count).SetTag("floe.rows", rows.Values.Sum());
        log.LogInformation(
            "transform: {Models} models built, {Tables} tables landed ({Rows:N0} rows) in {Seconds:0.0} s",
            models.Count, rows.Count, rows.Values.Sum(), time.GetElapsedTime(started).TotalSeconds);
    }

    /// <summary>Makes each source a view over its table's current snapshot; gives the snapshots, for the record.</summary>
    private async Task<JsonObject> AttachSourcesAsync(DuckDBConnection db, DbtProject project, CancellationToken ct)
    {
        var sources = await Task.WhenAll(project.Sources.Select(async source =>
        {
            var table = await catalog.LoadTableAsync(new TableIdentifier(source.Source, source.Table), ct);
            return (source, table.Metadata.CurrentSnapshotId, Sql: await scan.ToSqlAsync(table, table.Metadata.CurrentSnapshotId, ct));
        }));

        var snapshots = new JsonObject();
        foreach (var (source, snapshot, sql) in sources)
        {
            await using var command = db.CreateCommand();
            command.CommandText = $"create schema if not exists \"{source.Schema}\"; create view \"{source.Schema}\".\"{source.Identifier}\" as select * from {sql}";
            await command.ExecuteNonQueryAsync(ct);
            snapshots[$"{source.Source}.{source.Table}"] = snapshot;
        }

        return snapshots;
    }
}
