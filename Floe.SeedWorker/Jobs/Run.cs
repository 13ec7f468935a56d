using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Floe.SeedWorker.Jobs;

/// <summary>Where a run is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RunState>))]
public enum RunState
{
    /// <summary>Waiting for its turn.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>At work.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Done.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Ended with an error.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

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

    /// <summary>Who asked: <c>api</c> or <c>sensor</c>.</summary>
    public required string Trigger { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it (last) began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Error { get; init; }

    /// <summary>Trace of its (last) execution, for the dashboard.</summary>
    public string? TraceId { get; init; }

    /// <summary>Its steps, in order.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];
}

/// <summary>A step of a run.</summary>
/// <param name="Name">What it does.</param>
/// <param name="State">Where it is; never pending.</param>
/// <param name="Rows">Rows written, where the step writes rows.</param>
/// <param name="Detail">What is worth knowing.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="DurationMs">How long it took, in milliseconds; null while it runs.</param>
public sealed record RunStep(string Name, RunState State, long? Rows, string? Detail, string? Error, DateTimeOffset StartedAt, double? DurationMs);
