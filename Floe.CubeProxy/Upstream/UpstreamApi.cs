using System.Diagnostics;
using System.Text.Json;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Observation;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Serving;
using Floe.ServiceDefaults.Http;

namespace Floe.CubeProxy.Upstream;

/// <summary>Answers the requests of Cube's REST API by asking a Cube; answers of <c>/v1/load</c> are kept.</summary>
internal sealed class UpstreamApi(UpstreamClient client, UpstreamSettings settings, TableWatch tables, QueryNormalizer normalizer, AnswerCache cache, QueryRecord record, TimeProvider clock)
{
    private const int LongestError = 64 * 1024;

    // Up to here equal requests share an answer even when none are kept.
    private const int SmallestShared = 4 * 1024 * 1024;

    /// <summary>
    /// Cube answers from its own cache for some seconds after a commit, and a query can begin before a commit and end after it. So an answer belongs to a set of
    /// snapshots only when Cube asked its database this long after the set was seen.
    /// </summary>
    private static readonly TimeSpan _settled = TimeSpan.FromSeconds(10);

    public async Task LoadAsync(HttpContext http, SecurityContext caller)
    {
        using var activity = CubeTelemetry.Source.StartActivity("cube.load");
        var started = record.Start();
        try
        {
            var (how, subject) = await AnswerAsync(http, caller);
            activity?.SetTag(CubeTelemetry.Cache, how).SetTag("cube.name", subject?.Names);
            record.Answered(QueryRecord.Rest, subject, how, started);
        }
        catch (UpstreamRefusal e)
        {
            activity.FailedBy("upstream_refused");
            record.Failed(QueryRecord.Rest, null, "upstream_refused", started);
            await e.SendAsync(http);
        }
        catch (CubeApiException e)
        {
            activity.FailedBy(e.ErrorType);
            record.Failed(QueryRecord.Rest, null, e.ErrorType, started);
            throw;
        }
    }

    /// <returns>How the answer came about, and what it is about where this service has understood the query and Cube has answered it.</returns>
    private async Task<(string How, QuerySubject? Subject)> AnswerAsync(HttpContext http, SecurityContext caller)
    {
        var request = await UpstreamRequest.ReadAsync(http.Request, passTags: false, isQuery: true, http.RequestAborted);
        var snapshots = tables.Current;
        if (await KeyAsync(http.Request, caller, snapshots) is not var (key, subject))
        {
            await ForwardAsync(http, request, caller);
            return (CubeTelemetry.Off, null);
        }
        var how = cache.Find(key) is null ? CubeTelemetry.Shared : CubeTelemetry.Hit;
        var answer = await cache.GetAsync(key, async ct =>
        {
            how = CubeTelemetry.Miss;
            await Task.Yield();
            return await AskAsync(request, caller, snapshots, ct);
        }, http.RequestAborted);
        if (answer == Answer.TooLarge) await ForwardAsync(http, request, caller);
        else await JsonAnswer.SendAsync(http, answer);
        return (how, subject);
    }

    /// <summary>Passes request and answer on.</summary>
    public async Task ForwardAsync(HttpContext http, SecurityContext caller) =>
        await ForwardAsync(http, await UpstreamRequest.ReadAsync(http.Request, passTags: true, isQuery: HttpMethods.IsGet(http.Request.Method), http.RequestAborted), caller);

    private async Task ForwardAsync(HttpContext http, UpstreamRequest request, SecurityContext caller)
    {
        using var response = await client.SendAsync(request, caller, heedOutages: true, http.RequestAborted);
        await response.CopyToAsync(http);
    }

    private async Task<Answer> AskAsync(UpstreamRequest request, SecurityContext caller, TableWatch.State? snapshots, CancellationToken ct)
    {
        using var response = await client.SendAsync(request, caller, heedOutages: true, ct);
        using var limit = new CancellationTokenSource(settings.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            if (response.Status != 200)
                throw new UpstreamRefusal(response.Status, response.ContentType, await response.ReadAsync(LongestError, either.Token) ?? response.Start);
            if (await response.ReadAsync(Math.Max(cache.LargestAnswer, SmallestShared), either.Token) is not { } body) return Answer.TooLarge;
            var facts = LoadFacts.Read(body.Span);
            Activity.Current?.SetTag("cube.row_count", facts.Rows);
            return new Answer(body) { IsLasting = snapshots is not null && facts.Refreshed >= snapshots.SeenAt + _settled };
        }
        catch (JsonException e)
        {
            throw new CubeApiException(502, "Cube's answer is not JSON.", "upstream_broken", inner: e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new CubeApiException(504, $"Cube's answer did not end within {settings.DeadlineSeconds} s.", "upstream_deadline", inner: e);
        }
        catch (Exception e) when (ConnectionFailure.Is(e))
        {
            throw new CubeApiException(502, $"Cube broke off its answer: {e.Message}", "upstream_broken", inner: e);
        }
    }

    /// <summary>Null when the answer is not to be shared: Cube is to be asked ("no-cache"), or judges a query that this service does not understand.</summary>
    private async Task<(string Key, QuerySubject Subject)?> KeyAsync(HttpRequest request, SecurityContext caller, TableWatch.State? snapshots)
    {
        try
        {
            using var asked = await QueryParameters.ReadAsync(request, default);
            if (asked.Cache == "no-cache") return null;
            var set = normalizer.Normalize(asked.Query, asked.Cache);
            return asked.HasQueryType || set.Type == QueryType.Regular ? (LoadKey.Of(set, asked.IsMulti, caller.Key, snapshots?.Id ?? ""), QuerySubject.Of(set.Queries)) : null;
        }
        // Cube answers a body that is not JSON with 500, as if it were its own fault.
        catch (CubeApiException e) when (e.ErrorType != "invalid_json")
        {
            return null;
        }
    }
}
