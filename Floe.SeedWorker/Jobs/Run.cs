using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Jobs;

/// <summary>One execution of a job.</summary>
public sealed record Run
{
    /// <summary>Id; later runs have larger ones.</summary>
    public required Guid Id { get; init; }

    /// <summary>The job.</summary>
    public required string Job { get; init; }

    /// <summary>Where it is.</summary>
    public required RunState State { get; init; }

    /// <summary>The job's parameters.</summary>
    public required JsonObject Parameters { get; init; }

    /// <summary>Who asked: <c>api</c>, <c>sensor</c>, <c>schedule</c> or <c>evidence</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it (last) began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Which attempt it is at, from 1.</summary>
    public int Attempt => Failures.Count + 1;

    /// <summary>When the next attempt may begin, after one that failed.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>The attempts before this one; all of them failed.</summary>
    public IReadOnlyList<RunFailure> Failures { get; init; } = [];

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>Trace of the run from what asked for it, for the dashboard.</summary>
    public string? TraceId { get; init; }

    /// <summary>Where the run goes on: the span that asked for it, as W3C <c>traceparent</c>.</summary>
    [JsonIgnore]
    public string? TraceParent { get; init; }

    /// <summary>Span of the last attempt, as W3C <c>traceparent</c>.</summary>
    [JsonIgnore]
    public string? LastSpan { get; init; }

    /// <summary>The time that a run of the schedule was due.</summary>
    [JsonIgnore]
    public string? Schedule { get; init; }

    /// <summary>Its steps, in order.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];
}
