using System.Text.Json;
using Floe.SeedWorker.Evidence;
using Floe.SeedWorker.Schedule;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Floe.SeedWorker.Jobs;

/// <summary>The control API: start jobs, look at runs. Errors are RFC 9457 problems that name field, value and rule.</summary>
public static class JobsApi
{
    internal const string ProblemType = "application/problem+json";
    private const int MostListed = 500;
    private const int LongestKey = 200;

    /// <summary>Maps <c>/api/jobs</c>, <c>/api/runs</c>, <c>/api/schedules</c> and <c>/api/evidence</c>, and <c>/openapi/v1.json</c>, which describes them.</summary>
    public static void MapJobsApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapOpenApi();
        var api = endpoints.MapGroup("/api").AddEndpointFilter<RunStoreOutage>().WithTags("jobs");
        api.MapPost("/jobs/{job}/runs", StartAsync)
            .WithName("startRun").WithSummary("Starts a run of a job. The same Idempotency-Key gives the same run.")
            .Accepts<JsonElement>(isOptional: true, "application/json").Produces<Run>(202)
            .Produces<Problem>(400, ProblemType).Produces<Problem>(404, ProblemType).Produces<Problem>(409, ProblemType).Produces<Problem>(503, ProblemType);
        api.MapGet("/jobs", (IEnumerable<IJob> jobs) => TypedResults.Json(new JobList([.. jobs.Select(j => j.Name)]), JobsJson.Readable.JobList))
            .WithName("listJobs").WithSummary("The jobs that can be started.").Produces<JobList>();
        api.MapGet("/runs/{id}", GetAsync)
            .WithName("getRun").WithSummary("A run with its steps.")
            .Produces<Run>().Produces<Problem>(400, ProblemType).Produces<Problem>(404, ProblemType).Produces<Problem>(503, ProblemType);
        api.MapGet("/runs/{id}/events", FollowAsync)
            .WithName("followRun").WithSummary("A run whenever it changes, as server-sent events, until it has ended.")
            .Produces<string>(200, "text/event-stream").Produces<Problem>(400, ProblemType).Produces<Problem>(404, ProblemType).Produces<Problem>(503, ProblemType);
        api.MapGet("/runs", ListAsync)
            .WithName("listRuns").WithSummary("The latest runs, newest first; limit is 1 to 500.")
            .Produces<RunList>().Produces<Problem>(400, ProblemType).Produces<Problem>(503, ProblemType);
        api.MapSchedules();
        api.MapEvidence();
    }

    private static async Task<IResult> StartAsync(string job, HttpRequest request, IEnumerable<IJob> jobs, JobQueue queue, CancellationToken ct)
    {
        if (jobs.FirstOrDefault(j => j.Name == job) is not { } found)
            return UnknownJob(job, jobs);

        string? key = request.Headers["Idempotency-Key"];
        if (key is { Length: 0 or > LongestKey })
            return Invalid(new JobParameterException("Idempotency-Key", $"{key.Length} characters long", $"it must have 1 to {LongestKey} characters"));

        try
        {
            var run = await queue.AddAsync(job, found.Parameters(await BodyAsync(request, ct)), "api", key, ct);
            request.HttpContext.Response.Headers.Location = $"/api/runs/{run.Id}";
            return TypedResults.Json(run, JobsJson.Readable.Run, statusCode: 202);
        }
        catch (JobParameterException e)
        {
            return Invalid(e);
        }
        catch (IdempotencyConflictException e)
        {
            return Problem(409, "Idempotency key used before", e.Message);
        }
    }

    internal static JsonHttpResult<Problem> UnknownJob(string job, IEnumerable<IJob> jobs) =>
        Problem(404, "Unknown job", $"There is no job '{job}'; the jobs are {string.Join(", ", jobs.Select(j => j.Name))}.");

    private static async Task<IResult> GetAsync(string id, RunStore store, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var runId))
            return Invalid(new JobParameterException("id", $"'{id}'", "it must be the id of a run, a UUID"));
        return await store.FindAsync(runId, ct) is { } run
            ? TypedResults.Json(run, JobsJson.Readable.Run)
            : Problem(404, "Unknown run", $"There is no run {runId}.");
    }

    private static async Task<IResult> FollowAsync(string id, RunStore store, TimeProvider time, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var runId))
            return Invalid(new JobParameterException("id", $"'{id}'", "it must be the id of a run, a UUID"));
        return await store.FindAsync(runId, ct) is null
            ? Problem(404, "Unknown run", $"There is no run {runId}.")
            : TypedResults.ServerSentEvents(RunEvents.FollowAsync(runId, store, time, ct), RunEvents.EventType);
    }

    private static async Task<IResult> ListAsync(HttpRequest request, RunStore store, CancellationToken ct)
    {
        var limit = 50;
        if (request.Query.TryGetValue("limit", out var text) && !(int.TryParse(text, out limit) && limit is >= 1 and <= MostListed))
            return Invalid(new JobParameterException("limit", $"'{text}'", $"it must be a whole number from 1 to {MostListed}"));
        return TypedResults.Json(new RunList(await store.ListAsync(limit, ct)), JobsJson.Readable.RunList);
    }

    internal static async Task<JsonElement?> BodyAsync(HttpRequest request, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, ct);
        if (buffer.Length == 0)
            return null;
        try
        {
            using var json = JsonDocument.Parse(buffer.ToArray());
            return json.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new JobParameterException("(body)", "not JSON", $"the body must be a JSON object or empty ({e.Message.Split(" Path:")[0].Split(" LineNumber:")[0]})");
        }
    }

    internal static JsonHttpResult<Problem> Invalid(JobParameterException e) =>
        TypedResults.Json(new Problem("about:blank", "Invalid parameter", 400, e.Message, [new ProblemError(e.Field, e.Value, e.Rule)]), JobsJson.Readable.Problem, ProblemType, 400);

    internal static JsonHttpResult<Problem> Problem(int status, string title, string detail) =>
        TypedResults.Json(new Problem("about:blank", title, status, detail, null), JobsJson.Readable.Problem, ProblemType, status);
}
