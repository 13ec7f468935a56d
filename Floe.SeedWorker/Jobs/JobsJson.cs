using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Floe.SeedWorker.Schedule;

namespace Floe.SeedWorker.Jobs;

/// <summary>The jobs.</summary>
internal sealed record JobList(IReadOnlyList<string> Jobs);

/// <summary>Some runs.</summary>
internal sealed record RunList(IReadOnlyList<Run> Runs);

/// <summary>A problem (RFC 9457).</summary>
internal sealed record Problem(string Type, string Title, int Status, string Detail, IReadOnlyList<ProblemError>? Errors);

/// <summary>What is wrong with one field.</summary>
internal sealed record ProblemError(string Field, string Value, string Rule);

[JsonSerializable(typeof(Run))]
[JsonSerializable(typeof(List<RunFailure>))]
[JsonSerializable(typeof(RunList))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(ScheduledJob))]
[JsonSerializable(typeof(ScheduleList))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class JobsJson : JsonSerializerContext
{
    /// <summary>With quotes and letters as people write them: the answers are JSON and go into no HTML.</summary>
    public static JobsJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
