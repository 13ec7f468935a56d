using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Snapshots;

namespace Floe.CubeProxy.Serving;

/// <summary>Answers the requests of Cube's REST API.</summary>
internal sealed class CubeApi(SemanticModel model, QueryNormalizer normalizer, QueryPlanner planner, QueryEngine engine, SnapshotStore store, SnapshotRefresher refresher, AnswerCache cache, QueryRecord record)
{
    private readonly Answer _meta = Meta(new MetaAnswer(model, SecurityContext.Nobody, onlyViews: false, isExtended: false));

    public Task MetaAsync(HttpContext http, SecurityContext context)
    {
        var (onlyViews, isExtended) = (http.Request.Query["onlyViews"] == "true", http.Request.Query.ContainsKey("extended"));
        return JsonAnswer.SendAsync(http, model.HasPolicies || onlyViews || isExtended ? Meta(new MetaAnswer(model, context, onlyViews, isExtended)) : _meta);
    }

    private static Answer Meta(MetaAnswer meta) => new(JsonAnswer.Build(meta.Write));

    public async Task LoadAsync(HttpContext http, SecurityContext context)
    {
        using var span = CubeTelemetry.Source.StartActivity("cube.load");
        var started = record.Start();
        QuerySubject? subject = null;
        try
        {
            var how = await LoadAsync(http, context, planned => subject = QuerySubject.Of(planned.Queries));
            span?.SetTag(CubeTelemetry.Cache, how).SetTag("cube.name", subject?.Names);
            record.Answered(QueryRecord.Rest, subject, how, started);
        }
        catch (Exception e)
        {
            var kind = CubeTelemetry.KindOf(e);
            span.FailedBy(kind);
            record.Failed(QueryRecord.Rest, subject, kind, started);
            throw;
        }
    }

    /// <param name="planned">Told when the queries are known to be right.</param>
    /// <returns>How the answer came about.</returns>
    private async Task<string> LoadAsync(HttpContext http, SecurityContext context, Action<QuerySet> planned)
    {
        using var request = await QueryParameters.ReadAsync(http.Request, http.RequestAborted);
        var set = normalizer.Normalize(request.Query, request.Cache);
        if (!request.HasQueryType && set.Type != QueryType.Regular)
            throw CubeApiException.BadRequest($"'{set.Type.ApiName()}' query type is not supported by the client.Please update the client.", "unsupported_query_type");
        // One hold for all queries of the request: they see the same data.
        var reader = store.Read();
        try
        {
            if (reader is null)
            {
                // What is wrong with the query is said even without data.
                Plan(set, context);
                throw new CubeApiException(503, $"The data is not there yet: {refresher.Problem ?? "the tables are being loaded."} Try again in a moment.", "no_data");
            }
            var (held, isMulti) = (reader, request.IsMulti);
            // "no-cache" asks the engine; the others differ in how old an answer may be, and a kept one is as new as its snapshots.
            var key = request.Cache == "no-cache" ? null : LoadKey.Of(set, isMulti, model.HasPolicies ? context.Key : "", held.Set.Id);
            var (answer, how) = (key is null ? null : cache.Find(key), CubeTelemetry.Hit);
            if (key is null)
            {
                how = CubeTelemetry.Off;
                answer = await AnswerAsync(set, isMulti, context, held, planned, http.RequestAborted);
            }
            else if (answer is null)
            {
                how = CubeTelemetry.Shared;
                answer = await cache.GetAsync(key, async ct =>
                {
                    how = CubeTelemetry.Miss;
                    using var own = held.Again();
                    await Task.Yield();
                    return await AnswerAsync(set, isMulti, context, own, planned, ct);
                }, http.RequestAborted);
            }
            if (how is CubeTelemetry.Hit or CubeTelemetry.Shared) planned(set);
            await JsonAnswer.SendAsync(http, answer);
            return how;
        }
        finally
        {
            reader?.Dispose();
        }
    }

    private async Task<Answer> AnswerAsync(QuerySet set, bool isMulti, SecurityContext context, SnapshotReader reader, Action<QuerySet> planned, CancellationToken ct)
    {
        var plans = Plan(set, context, reader.Set);
        planned(set);
        var answers = new List<Answered>(plans.Count);
        for (var i = 0; i < plans.Count; i++) answers.Add(new Answered(set.Queries[i], plans[i], await engine.RunAsync(plans[i], reader, ct)));
        var refreshed = reader.Set.LoadedAt;
        return new Answer(JsonAnswer.Build(json =>
        {
            if (isMulti) LoadAnswer.WriteMulti(json, set, answers, refreshed);
            else LoadAnswer.Write(json, answers[0], set.Type, refreshed);
        }));
    }

    private List<QueryPlan> Plan(QuerySet set, SecurityContext context, SnapshotSet? tables = null)
    {
        using var span = CubeTelemetry.Source.StartActivity("cube.plan");
        try
        {
            var plans = set.Queries.Select(query => planner.Plan(query, context, tables)).ToList();
            foreach (var plan in plans) RefuseHidden(plan.Members);
            return plans;
        }
        catch (CubeApiException e)
        {
            span.FailedBy(e.ErrorType);
            throw;
        }
    }

    public async Task SqlAsync(HttpContext http, SecurityContext context)
    {
        using var request = await QueryParameters.ReadAsync(http.Request, http.RequestAborted);
        var set = normalizer.Normalize(request.Query, cacheMode: null);
        var plans = set.Queries.Select(query => planner.Plan(query, context, store.Current)).ToList();
        await JsonAnswer.SendAsync(http, JsonAnswer.Build(json =>
        {
            if (set.Type == QueryType.Regular)
            {
                SqlAnswer.Write(json, plans[0]);
                return;
            }
            json.WriteStartArray();
            foreach (var plan in plans) SqlAnswer.Write(json, plan);
            json.WriteEndArray();
        }));
    }

    public async Task DryRunAsync(HttpContext http, SecurityContext context)
    {
        using var request = await QueryParameters.ReadAsync(http.Request, http.RequestAborted);
        var set = normalizer.Normalize(request.Query, cacheMode: null);
        var plans = set.Queries.Select(query => planner.Plan(query, context, store.Current)).ToList();
        await JsonAnswer.SendAsync(http, JsonAnswer.Build(json => SqlAnswer.WriteDryRun(json, set, plans)));
    }

    private static void RefuseHidden(ResolvedQuery members)
    {
        var selected = members.Dimensions.Concat<Member>(members.Times.Where(time => time.Granularity is not null).Select(time => time.Dimension)).Concat(members.Measures);
        if (selected.FirstOrDefault(member => !member.IsPublic || !member.Cube.IsPublic) is not { } hidden) return;
        throw new CubeApiException(
            500,
            $"Error: You requested hidden member: '{hidden.FullName}'. Please make it visible using `public: true`. Please note primaryKey fields are `public: false` by default: https://docs.cube.dev/reference/data-modeling/joins#setting-a-primary-key.",
            "hidden_member");
    }
}
