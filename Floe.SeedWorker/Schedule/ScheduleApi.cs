using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.SeedWorker.Jobs;
using Microsoft.Extensions.Options;
using Quartz;
using IJob = Floe.SeedWorker.Jobs.IJob;

namespace Floe.SeedWorker.Schedule;

/// <summary>The control API's part about the time table.</summary>
internal static class ScheduleApi
{
    /// <summary>Maps <c>/api/schedules</c>.</summary>
    public static void MapSchedules(this IEndpointRouteBuilder api)
    {
        api.MapGet("/schedules", ListAsync)
            .WithName("listSchedules").WithSummary("When jobs run by themselves.")
            .Produces<ScheduleList>().Produces<Problem>(503, JobsApi.ProblemType);
        api.MapPut("/schedules/{job}", SetAsync)
            .WithName("setSchedule").WithSummary("Changes when a job runs by itself: cron (empty: never), timeZone, and the job's parameters.")
            .Accepts<JsonElement>("application/json").Produces<ScheduledJob>()
            .Produces<Problem>(400, JobsApi.ProblemType).Produces<Problem>(404, JobsApi.ProblemType).Produces<Problem>(503, JobsApi.ProblemType);
    }

    private static Task<IResult> ListAsync(IEnumerable<IJob> jobs, RunSchedule schedule, CancellationToken ct) => ServedAsync(schedule, async () =>
    {
        var all = new List<ScheduledJob>();
        foreach (var job in jobs)
            all.Add(await schedule.FindAsync(job.Name, ct));
        return TypedResults.Json(new ScheduleList(all), JobsJson.Readable.ScheduleList);
    });

    private static Task<IResult> SetAsync(string job, HttpRequest request, IEnumerable<IJob> jobs, RunSchedule schedule, IOptions<ScheduleOptions> options, CancellationToken ct) => ServedAsync(schedule, async () =>
    {
        if (jobs.FirstOrDefault(j => j.Name == job) is not { } found)
            return JobsApi.UnknownJob(job, jobs);
        try
        {
            if (await JobsApi.BodyAsync(request, ct) is not { ValueKind: JsonValueKind.Object } body)
                throw new JobParameterException("(body)", "not an object", "the body must be a JSON object, for example {\"cron\": \"*/5 * * * *\"}");
            var members = (JsonObject)JsonNode.Parse(body.GetRawText())!;
            var cron = Text(body, "cron") ?? throw new JobParameterException("cron", "missing", "it must be a cron expression, for example */5 * * * *, or empty for never");
            var zone = Text(body, "timeZone") ?? options.Value.TimeZone;
            members.Remove("cron");
            members.Remove("timeZone");
            // What breaks a rule is refused before anything is changed.
            using var rest = JsonDocument.Parse(members.ToJsonString());
            await schedule.SetAsync(job, Checked(cron), Zone(zone), found.Parameters(rest.RootElement), ct);
            return TypedResults.Json(await schedule.FindAsync(job, ct), JobsJson.Readable.ScheduledJob);
        }
        catch (JobParameterException e)
        {
            return JobsApi.Invalid(e);
        }
    });

    private static async Task<IResult> ServedAsync(RunSchedule schedule, Func<Task<IResult>> answer)
    {
        if (!schedule.HasBegun)
            return JobsApi.Problem(503, "Schedule not available", "The schedule has not begun yet; it does when the worker has nothing to do for the first time. Try again in a moment.");
        try
        {
            return await answer();
        }
        catch (SchedulerException)
        {
            return JobsApi.Problem(503, "Schedule not available", "The database of the schedule does not answer; nothing was changed. Try again in a moment.");
        }
    }

    private static string? Text(JsonElement body, string name) => !body.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString()
        : throw new JobParameterException(name, JobParameters.Shown(value), "it must be a text");

    private static string Checked(string cron)
    {
        try
        {
            if (cron.Length > 0)
                TimeTable.Read(cron, TimeZoneInfo.Utc);
            return cron;
        }
        catch (FormatException e)
        {
            throw new JobParameterException("cron", $"'{cron}'", e.Message);
        }
    }

    private static TimeZoneInfo Zone(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception e) when (e is TimeZoneNotFoundException or InvalidTimeZoneException or ArgumentException)
        {
            throw new JobParameterException("timeZone", $"'{name}'", "it must be the name of a time zone, for example UTC or Europe/Berlin");
        }
    }
}
