using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Lineage;
using Floe.SeedWorker.Transform;
using Floe.SeedWorker.Transform.Incremental;
using Floe.SeedWorker.Transform.Lineage;
using Floe.SeedWorker.Transform.Project;
using Floe.SeedWorker.Transform.Running;
using Floe.ServiceDefaults.Lineage;
using Floe.ServiceDefaults.Lineage.Facets;
using ColumnLineageFacet = Floe.ServiceDefaults.Lineage.Facets.ColumnLineageFacet;

namespace Floe.SeedWorker.Lineage;

/// <summary>
/// What lineage says of the models: each is a job of its own, whose run takes as long as its query and is part of the worker's run. It is told when its end is
/// known: that of a model that is landed with the commit of all, because without it nobody ever sees its rows.
/// </summary>
public sealed class ModelLineage(LineageEmitter emitter, LakehouseLineage tables, RunLineage runs, TimeProvider time)
{
    private static readonly ProcessingEngineFacet s_engine = new("DuckDB", typeof(DuckDB.NET.Data.DuckDBConnection).Assembly.GetName().Version?.ToString(3) ?? "");

    /// <summary>Models were built and tested; those that are landed are told of later, unless something failed.</summary>
    /// <param name="run">The worker's run.</param>
    /// <param name="plan">What was to be built.</param>
    /// <param name="results">What became of it.</param>
    /// <param name="origins">Where the columns come from.</param>
    /// <param name="columns">Names and types of a model's columns.</param>
    internal async Task BuiltAsync(Guid run, TransformPlan plan, DbtResults results, ProjectLineage origins, Func<DbtModel, Task<IReadOnlyList<(string Name, string Type)>>> columns)
    {
        if (runs.ParentOf(run) is not { } parent)
            return;
        EmitTests(run, parent, plan, results);
        var failedTests = FailedTests(plan, results);
        foreach (var result in results.Models.Where(m => m.Status is NodeStatus.Success or NodeStatus.Error))
        {
            var model = plan.Project.Model(result.Name);
            if (result.Status == NodeStatus.Error)
                Emit(run, parent, plan, result, RunEventType.Fail, [Output(plan, model, new(), null)], result.Message);
            else if (failedTests[model.Name].ToList() is { Count: > 0 } failed)
                Emit(run, parent, plan, result, RunEventType.Fail, [Output(plan, model, new(), null)], $"Data tests failed: {string.Join("; ", failed)}");
            else if (!Lands(plan, model))
                Emit(run, parent, plan, result, RunEventType.Complete, [Output(plan, model, Describe(plan, model, origins, await columns(model)), new(result.Rows))]);
            else if (!results.Succeeded)
                Emit(run, parent, plan, result, RunEventType.Abort, [Output(plan, model, new(), null)], "Nothing was landed, because something else of the run failed");
        }
    }

    /// <summary>Commits, and says of the models what came of it: they are in their tables, or all of them failed.</summary>
    internal async Task<IReadOnlyList<LandedModel>> LandAsync(Guid run, TransformPlan plan, DbtResults results, ProjectLineage origins, Func<Task<IReadOnlyList<LandedModel>>> commit)
    {
        try
        {
            var landed = await commit();
            Landed(run, plan, results, origins, landed);
            return landed;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            NotLanded(run, plan, results, e.Message);
            throw;
        }
    }

    private void Landed(Guid run, TransformPlan plan, DbtResults results, ProjectLineage origins, IReadOnlyList<LandedModel> landed)
    {
        if (runs.ParentOf(run) is not { } parent)
            return;
        var byModel = landed.ToDictionary(l => l.Model.Name);
        foreach (var (model, result) in Landing(plan, results))
        {
            var output = byModel.TryGetValue(model.Name, out var written)
                ? tables.Written(written.Table, written.Commit, facets => Describe(plan, model, origins, facets))
                // The run gave it no rows: the table is what it was.
                : Output(plan, model, plan.Tables.TryGetValue(model.Name, out var table) ? Describe(plan, model, origins, tables.Facets(table, table.Schema, table.Metadata.CurrentSnapshot)) : new(), new(0));
            Emit(run, parent, plan, result, RunEventType.Complete, [output]);
        }
    }

    private void NotLanded(Guid run, TransformPlan plan, DbtResults results, string error)
    {
        if (runs.ParentOf(run) is not { } parent)
            return;
        foreach (var (model, result) in Landing(plan, results))
            Emit(run, parent, plan, result, RunEventType.Fail, [Output(plan, model, new(), null)], $"The commit failed: {error}");
    }

    private static bool Lands(TransformPlan plan, DbtModel model) => plan.Landing.Any(m => m.Name == model.Name);

    private static IEnumerable<(DbtModel Model, NodeResult Result)> Landing(TransformPlan plan, DbtResults results) =>
        results.Models.Select(r => (plan.Project.Model(r.Name), r)).Where(m => Lands(plan, m.Item1));

    private DatasetFacets Describe(TransformPlan plan, DbtModel model, ProjectLineage origins, IReadOnlyList<(string Name, string Type)> columns) =>
        Describe(plan, model, origins, new DatasetFacets { Schema = new([.. columns.Select(c => new SchemaField(c.Name, c.Type.ToLowerInvariant()))]) });

    private DatasetFacets Describe(TransformPlan plan, DbtModel model, ProjectLineage origins, DatasetFacets facets) => facets with
    {
        // What is not known is not told; nothing is guessed.
        ColumnLineage = Known(plan, model, origins) is { } known ? Columns(plan, known) : null,
        Schema = facets.Schema is { } schema
            ? new([.. schema.Fields.Select(f => model.Docs.Columns.GetValueOrDefault(f.Name) is { Length: > 0 } description ? f with { Description = description } : f)])
            : null,
        Documentation = model.Docs.Description is { Length: > 0 } text ? new(text) : facets.Documentation,
    };

    /// <summary>Where the columns come from, through ephemeral models: no job makes those. Null when it is not known.</summary>
    private static QueryLineage? Known(TransformPlan plan, DbtModel model, ProjectLineage origins)
    {
        if (!origins.Models.TryGetValue(model.Name, out var known) || !model.DependsOn.Any(d => IsEphemeral(plan, d)))
            return known;
        try
        {
            return origins.Through(model.Name, m => m.Materialized != Materialization.Ephemeral);
        }
        catch (LineageException)
        {
            return null;
        }
    }

    private static bool IsEphemeral(TransformPlan plan, string model) => plan.Project.Model(model).Materialized == Materialization.Ephemeral;

    private ColumnLineageFacet Columns(TransformPlan plan, QueryLineage lineage)
    {
        return new(lineage.Columns.ToDictionary(c => c.Key, c => new FieldLineage(Fields(c.Value))), lineage.Rows.Count == 0 ? null : Fields(lineage.Rows));

        IReadOnlyList<InputField> Fields(IReadOnlyDictionary<InputColumn, Influence> inputs) =>
        [
            .. inputs.OrderBy(i => i.Key.ToString(), StringComparer.Ordinal).Select(i => InputField.Of(
                plan.Project.Models.FirstOrDefault(m => m.Name == i.Key.Dataset) is { } model ? NameOf(plan, model) : tables.Name(TableIdentifier.Parse(i.Key.Dataset)), i.Key.Column,
                new FieldTransformation(i.Value >= Influence.Transformation ? "DIRECT" : "INDIRECT", i.Value == Influence.GroupBy ? "GROUP_BY" : i.Value.ToString().ToUpperInvariant()))),
        ];
    }

    /// <summary>What tests say of models: a test of a column of its model alone, a test with its own SQL of nobody in particular.</summary>
    private static ILookup<string, string> FailedTests(TransformPlan plan, DbtResults results)
    {
        var graph = new NodeGraph(plan.Project);
        return results.Tests.Where(t => t.Status is NodeStatus.Fail or NodeStatus.Error)
            .Select(t => (Result: t, Test: graph[t.UniqueId].Test as ColumnTest)).Where(t => t.Test?.Model is not null)
            .ToLookup(t => t.Test!.Model!, t => $"{t.Result.Name}: {t.Result.Message}");
    }

    private DatasetName NameOf(TransformPlan plan, DbtModel model) => model.IcebergNamespace is { } ns
        ? tables.Name(new(ns, model.Name))
        : LineageNames.Model(plan.Project.Name, model.Name);

    private OutputDataset Output(TransformPlan plan, DbtModel model, DatasetFacets facets, OutputStatisticsFacet? statistics) =>
        OutputDataset.Of(NameOf(plan, model), facets, statistics is null ? null : new() { OutputStatistics = statistics });

    private InputDataset Source(TransformPlan plan, string source, string table)
    {
        // Arrivals are rows of the table whose arrivals they are.
        var identifier = new TableIdentifier(plan.Project.Sources.First(s => s.Source == source && s.Table == table).ArrivalsOf ?? source, table);
        return plan.Sources.TryGetValue(identifier.ToString(), out var read) ? tables.Read(read) : InputDataset.Of(tables.Name(identifier));
    }

    private IEnumerable<InputDataset> Inputs(TransformPlan plan, DbtModel model) =>
        model.Template.Sources.Keys.Select(s => Source(plan, s.Source, s.Table))
            // An incremental model may read itself, which is no step of the way.
            .Concat(model.DependsOn.Where(d => d != model.Name).SelectMany(d => IsEphemeral(plan, d) ? Inputs(plan, plan.Project.Model(d)) : [InputDataset.Of(NameOf(plan, plan.Project.Model(d)))]))
            .DistinctBy(d => (d.Namespace, d.Name));

    private void Emit(Guid run, ParentFacet parent, TransformPlan plan, NodeResult result, RunEventType end, IReadOnlyList<OutputDataset> outputs, string? error = null)
    {
        var model = plan.Project.Model(result.Name);
        var name = LineageNames.ModelJob(model.Name);
        var job = emitter.Job(name, new()
        {
            JobType = JobTypeFacet.Batch("DBT", "MODEL"),
            Sql = result.CompiledSql is { Length: > 0 } sql ? new(sql.Trim()) : null,
            Documentation = model.Docs.Description is { Length: > 0 } text ? new(text) : null,
        });
        Emit(run, parent, name, job, result.StartedAt, result.StartedAt + result.Elapsed, end, error, [.. Inputs(plan, model)], outputs);
    }

    private void EmitTests(Guid run, ParentFacet parent, TransformPlan plan, DbtResults results)
    {
        var asked = results.Tests.Where(t => t.Status != NodeStatus.Skipped).ToList();
        if (asked.Count == 0)
            return;
        var graph = new NodeGraph(plan.Project);
        var inputs = asked
            .SelectMany(result => Datasets(plan, graph[result.UniqueId].Test!).Select(dataset => (Dataset: dataset, Assertion: Assertion(graph[result.UniqueId].Test!, result))))
            .GroupBy(a => (a.Dataset.Namespace, a.Dataset.Name))
            .Select(g => g.First().Dataset with { InputFacets = new() { DataQualityAssertions = new([.. g.Select(a => a.Assertion)]) } });
        var failed = asked.Where(t => t.Status != NodeStatus.Pass).ToList();
        Emit(
            run, parent, LineageNames.TestJob, emitter.Job(LineageNames.TestJob, new() { JobType = JobTypeFacet.Batch("DBT", "TEST") }),
            asked.Min(t => t.StartedAt), asked.Max(t => t.StartedAt + t.Elapsed), failed.Count == 0 ? RunEventType.Complete : RunEventType.Fail,
            failed.Count == 0 ? null : string.Join("; ", failed.Select(t => $"{t.Name}: {t.Message}")), [.. inputs], []);
    }

    private IEnumerable<InputDataset> Datasets(TransformPlan plan, DbtTest test) =>
        (test is ColumnTest { Model: { } one } ? [one] : test.Models).Select(m => InputDataset.Of(NameOf(plan, plan.Project.Model(m))))
            .Concat(test.Sources.Select(s => Source(plan, s.Source, s.Table)));

    private static DataQualityAssertion Assertion(DbtTest test, NodeResult result) => new(
        (test as ColumnTest)?.Kind ?? test.Name, result.Status == NodeStatus.Pass, (test as ColumnTest)?.Column, test.Name,
        result.Status == NodeStatus.Error ? null : "0 rows", result.Status == NodeStatus.Error ? null : $"{result.FailingRows} rows");

    private void Emit(
        Guid run, ParentFacet parent, string part, EventJob job, DateTimeOffset from, DateTimeOffset to, RunEventType end, string? error,
        IReadOnlyList<InputDataset> inputs, IReadOnlyList<OutputDataset> outputs)
    {
        var begun = new RunEvent
        {
            EventType = RunEventType.Start,
            EventTime = from == default ? time.GetUtcNow() : from,
            Run = new(LineageRuns.Part(run, part), new() { Parent = parent, ProcessingEngine = s_engine }),
            Job = job,
            Inputs = inputs,
        };
        emitter.Emit(begun);
        emitter.Emit(begun with
        {
            EventType = end,
            EventTime = from == default ? begun.EventTime : to,
            Run = begun.Run with { Facets = begun.Run.Facets with { ErrorMessage = error is null ? null : new(emitter.Secrets.Apply(error)) } },
            Outputs = outputs,
        });
    }
}
