using System.Data.Common;
using System.Globalization;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;
using Floe.SeedWorker.Transform.Project;
using Floe.ServiceDefaults.Telemetry;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Builds a project's models in a DuckDB database and asks its tests.</summary>
/// <param name="project">The project.</param>
/// <param name="vars">Variables that override the project's.</param>
/// <param name="store">Where incremental models are between runs.</param>
/// <param name="time">Measures how long the models take.</param>
public sealed partial class DbtRunner(DbtProject project, IReadOnlyDictionary<string, string> vars, IIncrementalStore store, TimeProvider time)
{
    private readonly RelationScope _scope = new(project, vars);

    /// <summary>SQL name of a model's relation.</summary>
    public static string Relation(DbtModel model) => RelationScope.Relation(model.Name);

    /// <summary>SQL name of the rows that a run gave an incremental model.</summary>
    public static string NewRows(DbtModel model) => RelationScope.NewRows(model.Name);

    /// <summary>Does what the verb says with the nodes that are selected, side by side where they do not depend on each other. What fails is in the
    /// results; the rest goes on.</summary>
    /// <param name="db">A database that has the sources, and the models that are read and not selected.</param>
    /// <param name="verb">What to do.</param>
    /// <param name="selected">Ids of models and tests, or null for all.</param>
    /// <param name="ct">Ends the work.</param>
    /// <param name="built">Told of every model that was built, while others still are.</param>
    public async Task<DbtResults> RunAsync(DuckDBConnection db, DbtVerb verb, IReadOnlySet<string>? selected, CancellationToken ct, Action<DbtModel, NodeResult>? built = null)
    {
        var started = time.GetTimestamp();
        await Sql.ExecuteAsync(db, $"create schema if not exists {RelationScope.NewRowsSchema}", ct);
        var graph = new NodeGraph(project);
        await using var sessions = await Sessions.OpenAsync(db, Math.Max(1, Environment.ProcessorCount), ct);
        var done = new Dictionary<string, Task<NodeResult>>(StringComparer.Ordinal);
        foreach (var node in graph.InOrder.Where(n => (selected?.Contains(n.UniqueId) ?? true) && (n.Test is null ? verb != DbtVerb.Test : verb != DbtVerb.Run)))
        {
            var gates = graph.Gates(node).Where(done.ContainsKey).Select(id => done[id]).ToList();
            done[node.UniqueId] = Task.Run(async () => await DoAsync(node, await Task.WhenAll(gates), sessions, built, ct), ct);
        }

        // As in dbt nothing is said of models that are only a part of others.
        return new DbtResults([.. (await Task.WhenAll(done.Values)).Where(r => graph[r.UniqueId].Model?.Materialized != Materialization.Ephemeral)], time.GetElapsedTime(started));
    }

    private async Task<NodeResult> DoAsync(DbtNode node, IReadOnlyList<NodeResult> gates, Sessions sessions, Action<DbtModel, NodeResult>? built, CancellationToken ct)
    {
        var begun = node.Model is { } m ? new NodeResult(node.UniqueId, m.Name, m.File, 1, NodeStatus.Success) : new NodeResult(node.UniqueId, node.Test!.Name, node.Test.File, node.Test.Line, NodeStatus.Pass);
        begun = begun with { StartedAt = time.GetUtcNow() };
        if (gates.FirstOrDefault(g => g.Status is not (NodeStatus.Success or NodeStatus.Pass)) is { } bad)
            return begun with { Status = NodeStatus.Skipped, Message = $"{bad.Name}: {bad.Status.ToString().ToLowerInvariant()}." };
        return await sessions.UseAsync(
            async db =>
            {
                if (node.Test is { } test)
                    return await AskAsync(db, begun, test, gates.Where(g => g.Incremental).Select(g => g.Name), ct);
                if (node.Model!.Materialized == Materialization.Ephemeral)
                    return begun;
                var result = await BuildAsync(db, begun, node.Model!, ct);
                if (result.Status == NodeStatus.Success)
                    built?.Invoke(node.Model!, result);
                return result;
            },
            ct);
    }

    private async Task<NodeResult> BuildAsync(DbConnection db, NodeResult begun, DbtModel model, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity($"dbt.{model.Name}");
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("dbt.model", model.Name).SetTag("dbt.unique_id", begun.UniqueId).SetTag("dbt.resource_type", "model").SetTag("floe.transform.model", model.Name)
                .SetTag("floe.transform.layer", model.IcebergNamespace ?? "staging").SetTag("floe.transform.materialization", model.Materialized.ToString().ToLowerInvariant());
        }

        var started = time.GetTimestamp();
        begun = begun with { StartedAt = time.GetUtcNow() };
        CompiledQuery? query = null;
        try
        {
            var onto = model.Materialized == Materialization.Incremental && await store.HasAsync(db, model, ct);
            query = _scope.Compile(model, onto);
            var relation = onto ? NewRows(model) : Relation(model);
            // On a line of its own, so that lines in DuckDB's messages are the file's plus one.
            await Sql.ExecuteAsync(db, $"create or replace {(model.Materialized == Materialization.View ? "view" : "table")} {relation} as\n{query.Sql}", ct);
            long? rows = model.Materialized == Materialization.View ? null : await Sql.CountAsync(db, $"select count(*) from {relation}", ct);
            if (onto)
                await ApplyAsync(db, model, ct);
            span?.SetTag(Telemetry.Rows, rows).SetTag("floe.transform.incremental", onto);
            return begun with { Rows = rows, Incremental = onto, Elapsed = time.GetElapsedTime(started), CompiledSql = query.Sql };
        }
        catch (Exception e) when (e is DbException or DbtException)
        {
            var cause = e as DbtException ?? Located(query, model.File, 1, (DbException)e);
            span.Fail(cause);
            return begun with { Status = NodeStatus.Error, Message = cause.Message, Cause = cause, Elapsed = time.GetElapsedTime(started), CompiledSql = query?.Sql ?? "" };
        }
    }

    private async Task ApplyAsync(DbConnection db, DbtModel model, CancellationToken ct)
    {
        var columns = new IncrementalColumns(
            await Sql.ColumnsAsync(db, $"select * from {Relation(model)}", ct), await Sql.ColumnsAsync(db, $"select * from {NewRows(model)}", ct));
        if (model.Config.OnSchemaChange == SchemaChange.Fail && columns.Added.Count + columns.Missing.Count > 0)
        {
            throw new DbtException(model.File, 1,
                $"The query's columns are others than the table's (new: {Names(columns.Added)}; missing: {Names(columns.Missing)}) and on_schema_change is 'fail'; run with a full refresh, or set 'append_new_columns'.");
        }

        foreach (var key in model.Config.UniqueKey.Where(k => !columns.New.Any(c => string.Equals(c.Name, k, StringComparison.OrdinalIgnoreCase))))
            throw new DbtException(model.File, 1, $"The query has no column '{key}', which unique_key names; it has {Names(columns.New)}.");
        if (model.Config.Strategy == IncrementalStrategy.Merge)
        {
            var key = string.Join(", ", model.Config.UniqueKey.Select(RelationScope.Quote));
            if (await Sql.CountAsync(db, $"select count(*) from (select 1 from {NewRows(model)} group by {key} having count(*) > 1)", ct) is > 0 and var twice)
                throw new DbtException(model.File, 1, $"{twice} keys ({string.Join(", ", model.Config.UniqueKey)}) are in several of the run's rows, of which a merge can take only one; make the query give one row each.");
        }

        await store.ApplyAsync(db, model, columns, NewRows(model), ct);

        static string Names(IReadOnlyList<(string Name, string Type)> columns) => columns.Count == 0 ? "none" : string.Join(", ", columns.Select(c => c.Name));
    }

    private async Task<NodeResult> AskAsync(DbConnection db, NodeResult begun, DbtTest test, IEnumerable<string> incremental, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity($"dbt.{test.NodeName}");
        span?.SetTag("dbt.unique_id", begun.UniqueId).SetTag("dbt.resource_type", "test").SetTag("floe.quality.test", test.Name);
        var started = time.GetTimestamp();
        begun = begun with { StartedAt = time.GetUtcNow() };
        CompiledQuery? query = null;
        try
        {
            query = _scope.Compile(test, store.TestsNewRowsOnly && test is ColumnTest { Model: { } model } column && incremental.Contains(model) && InNewRows(column));
            var rows = await Sql.CountAsync(db, $"select count(*) from (\n{query.Sql}\n)", ct);
            span?.SetTag("floe.quality.failing_rows", rows);
            if (rows > 0)
                span.Failed("data test failed", $"{rows} rows", $"{test.File}:{test.Line}");
            return begun with
            {
                Status = rows == 0 ? NodeStatus.Pass : NodeStatus.Fail,
                FailingRows = rows,
                Elapsed = time.GetElapsedTime(started),
                CompiledSql = query.Sql,
                Message = rows == 0 ? null : $"{rows} rows, {test.File}:{test.Line}.",
            };
        }
        catch (Exception e) when (e is DbException or DbtException)
        {
            var cause = e as DbtException ?? Located(query, test.File, test.Line, (DbException)e);
            span.Fail(cause);
            return begun with { Status = NodeStatus.Error, Message = cause.Message, Cause = cause, Elapsed = time.GetElapsedTime(started), CompiledSql = query?.Sql ?? "" };
        }
    }

    // Rows that are there have no key of the run's rows: those are unique in the model when they are unique in the run. Other columns are not.
    private bool InNewRows(ColumnTest test) => test.Kind != "unique" || project.Model(test.Model!).Config.UniqueKey is [var key] && key == test.Column;

    // DuckDB says "LINE 7: ..." and shows the place below; the statement has one line before the file's first.
    private static DbtException Located(CompiledQuery? query, string file, int line, DbException e)
    {
        if (query is not null && LinePattern().Match(e.Message) is { Success: true } match)
            (file, line) = query.Place(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) - 1);
        return new DbtException(file, line, e.Message.Split('\n')[0].Trim(), e);
    }

    [GeneratedRegex(@"^LINE (\d+):", RegexOptions.Multiline)]
    private static partial Regex LinePattern();
}
