using System.Data.Common;
using System.Diagnostics;
using System.Text.RegularExpressions;
using Floe.SeedWorker.Transform.Project;

namespace Floe.SeedWorker.Transform.Running;

/// <summary>Builds a project's models in a DuckDB database and asks its tests.</summary>
/// <param name="project">The project.</param>
/// <param name="vars">Variables that override the project's.</param>
/// <param name="time">Measures how long the models take.</param>
public sealed partial class DbtRunner(DbtProject project, IReadOnlyDictionary<string, string> vars, TimeProvider time)
{
    private readonly RelationScope _scope = new(project, vars);

    /// <summary>SQL name of a model's relation.</summary>
    public static string Relation(DbtModel model) => RelationScope.Relation(model.Name);

    /// <summary>Builds the models in order. The sources must be there.</summary>
    /// <exception cref="DbtException">A model is wrong; names its file and line.</exception>
    public async Task<IReadOnlyList<ModelResult>> BuildAsync(DbConnection db, CancellationToken ct)
    {
        var results = new List<ModelResult>(project.Models.Count);
        foreach (var model in project.Models)
        {
            ct.ThrowIfCancellationRequested();
            using var span = Telemetry.Source.StartActivity($"model {model.Name}");
            span?.SetTag("floe.model", model.Name).SetTag("floe.materialized", model.Materialized.ToString().ToLowerInvariant());
            var started = time.GetTimestamp();
            try
            {
                // On a line of its own, so that lines in DuckDB's messages are the file's plus one.
                var kind = model.Materialized == Materialization.View ? "view" : "table";
                await ExecuteAsync(db, $"create or replace {kind} {Relation(model)} as\n{model.Template.Render(_scope.For(model))}", model.File, ct);
                long? rows = model.Materialized == Materialization.Table ? await CountAsync(db, $"select count(*) from {Relation(model)}", ct) : null;
                span?.SetTag("floe.rows", rows);
                results.Add(new ModelResult(model, rows, time.GetElapsedTime(started)));
            }
            catch (Exception e)
            {
                span?.SetStatus(ActivityStatusCode.Error, e.Message);
                throw;
            }
        }

        return results;
    }

    /// <summary>Asks every test.</summary>
    /// <exception cref="DbtException">A test is wrong (not: it failed); names its file and line.</exception>
    public async Task<IReadOnlyList<TestResult>> TestAsync(DbConnection db, CancellationToken ct)
    {
        using var span = Telemetry.Source.StartActivity("data tests");
        var results = new List<TestResult>(project.Tests.Count);
        foreach (var test in project.Tests)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                results.Add(new TestResult(test.Name, test.File, test.Line, await CountAsync(db, $"select count(*) from (\n{_scope.Query(test)}\n)", ct)));
            }
            catch (DbException e)
            {
                throw Located(test.File, test.Line - 1, e);
            }
        }

        span?.SetTag("floe.tests", results.Count).SetTag("floe.tests.failed", results.Count(r => r.FailingRows > 0));
        return results;
    }

    private static async Task ExecuteAsync(DbConnection db, string sql, string file, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (DbException e)
        {
            throw Located(file, 0, e);
        }
    }

    private static async Task<long> CountAsync(DbConnection db, string sql, CancellationToken ct)
    {
        await using var command = db.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), System.Globalization.CultureInfo.InvariantCulture);
    }

    // DuckDB says "LINE 7: ..." and shows the place below; the statement has one line before the file's first.
    private static DbtException Located(string file, int before, DbException e)
    {
        var line = LinePattern().Match(e.Message) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) - 1 : 1;
        return new DbtException(file, Math.Max(1, before + line), e.Message.Split('\n')[0].Trim(), e);
    }

    [GeneratedRegex(@"^LINE (\d+):", RegexOptions.Multiline)]
    private static partial Regex LinePattern();
}
