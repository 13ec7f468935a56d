using System.Diagnostics;
using System.Globalization;
using System.Text;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Serving;
using Floe.CubeProxy.Snapshots;
using Floe.CubeProxy.SqlApi.Syntax;
using Floe.CubeProxy.SqlApi.Translation;
using Floe.CubeProxy.SqlApi.Wire;

namespace Floe.CubeProxy.SqlApi.Sessions;

/// <summary>Answers SELECTs over cubes: with the planner, the policies, the snapshots, the limits and the kept answers of the REST API.</summary>
internal sealed class CubeQueries(SemanticModel model, QueryPlanner planner, QueryEngine engine, SnapshotStore store, SnapshotRefresher refresher, AnswerCache cache, QueryRecord record, TimeProvider clock)
{
    /// <summary>The result's columns; finds the types of parameters on the way.</summary>
    public IReadOnlyList<OutputColumn> Describe(Select select, IParameters parameters, SecurityContext caller) =>
        SelectTranslator.Translate(select, new StatementContext(model, caller, parameters, null, clock.GetUtcNow().UtcDateTime)).Columns;

    /// <param name="formats">Whether each of that many columns is wanted in binary.</param>
    public async Task<(IReadOnlyList<OutputColumn> Columns, SqlRows Rows)> RunAsync(Select select, IParameters parameters, SecurityContext caller, Func<int, IReadOnlyList<bool>> formats, CancellationToken ct)
    {
        var started = record.Start();
        QuerySubject? subject = null;
        try
        {
            var (columns, rows, how) = await RunAsync(select, parameters, caller, formats, plan => subject = QuerySubject.Of(plan.Members.Query), ct);
            Activity.Current?.SetTag(CubeTelemetry.Cache, how).SetTag("cube.name", subject?.Names);
            record.Answered(QueryRecord.Sql, subject, how, started);
            return (columns, rows);
        }
        catch (Exception e)
        {
            record.Failed(QueryRecord.Sql, subject, CubeTelemetry.KindOf(e), started);
            throw;
        }
    }

    private async Task<(IReadOnlyList<OutputColumn> Columns, SqlRows Rows, string How)> RunAsync(
        Select select, IParameters parameters, SecurityContext caller, Func<int, IReadOnlyList<bool>> formats, Action<QueryPlan> planned, CancellationToken ct)
    {
        using var reader = store.Read();
        QueryPlan? plan = null;
        Translated translated;
        using (CubeTelemetry.Source.StartActivity("cube.plan"))
            translated = SelectTranslator.Translate(select, new StatementContext(model, caller, parameters, query => plan = planner.Plan(query, caller, reader?.Set), clock.GetUtcNow().UtcDateTime));
        if (plan is not null) planned(plan);
        if (reader is null) throw new CubeApiException(503, $"The data is not there yet: {refresher.Problem ?? "the tables are being loaded."} Try again in a moment.", "no_data");
        var isBinary = formats(translated.Columns.Count);
        var held = reader;
        var key = KeyOf(translated, isBinary, caller, held.Set);
        var (answer, how) = (cache.Find(key), CubeTelemetry.Hit);
        if (answer is null) how = CubeTelemetry.Shared;
        answer ??= await cache.GetAsync(key, async stop =>
        {
            how = CubeTelemetry.Miss;
            using var own = held.Again();
            await Task.Yield();
            var rows = await engine.RunAsync(plan!, translated.Sql, translated.Values, own, result =>
            {
                var collector = new RowCollector(translated.Columns, isBinary, SelectTranslator.MostRows);
                while (result.Read()) collector.Add(result);
                return collector;
            }, collector => collector.Count, stop);
            // Without the room that the collector has left.
            return new Answer(rows.Messages.ToArray());
        }, ct);
        return (translated.Columns, new SqlRows(answer.Body), how);
    }

    private string KeyOf(Translated translated, IReadOnlyList<bool> isBinary, SecurityContext caller, SnapshotSet snapshots)
    {
        var key = new StringBuilder($"{snapshots.Id}\n{(model.HasPolicies ? caller.Key : "")}\nsql ");
        foreach (var (column, i) in translated.Columns.Select((column, i) => (column, i))) key.Append((int)column.Type).Append(isBinary[i] ? 'b' : 't');
        key.Append('\n').Append(translated.Sql);
        foreach (var value in translated.Values) Append(key, value);
        return key.ToString();
    }

    // With type and length, so that different values never look alike.
    private static void Append(StringBuilder key, object value)
    {
        if (value is not string && value is System.Collections.IEnumerable list)
        {
            key.Append("\n[");
            foreach (var item in list) Append(key, item);
            key.Append(']');
            return;
        }
        var text = value is DateTime time ? time.Ticks.ToString(CultureInfo.InvariantCulture) : System.Convert.ToString(value, CultureInfo.InvariantCulture)!;
        key.Append('\n').Append(value.GetType().Name).Append(text.Length).Append(':').Append(text);
    }
}
