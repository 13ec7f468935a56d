using System.Text.Json.Nodes;

namespace Floe.SeedWorker.Schedule;

/// <summary>When a job runs by itself.</summary>
/// <param name="Job">The job.</param>
/// <param name="Cron">The times, as they were given; null: never.</param>
/// <param name="TimeZone">Their time zone.</param>
/// <param name="Parameters">Parameters of the runs.</param>
/// <param name="NextAt">The next time.</param>
/// <param name="PreviousAt">The last time.</param>
internal sealed record ScheduledJob(string Job, string? Cron, string? TimeZone, JsonObject? Parameters, DateTimeOffset? NextAt, DateTimeOffset? PreviousAt);

/// <summary>The time table.</summary>
internal sealed record ScheduleList(IReadOnlyList<ScheduledJob> Schedules);
