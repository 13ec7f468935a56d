using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenTelemetry;

namespace Floe.SeedWorker.Jobs;

/// <summary>A run as it goes on: its record whenever it changed, until it has ended.</summary>
internal static class RunEvents
{
    /// <summary>Type of the events.</summary>
    public const string EventType = "run";

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    /// <summary>The run as JSON, as <c>/api/runs/{id}</c> has it; the first at once.</summary>
    public static async IAsyncEnumerable<string> FollowAsync(Guid id, RunStore store, TimeProvider time, [EnumeratorCancellation] CancellationToken ct)
    {
        string? last = null;
        while (await LookAsync(id, store, ct) is { } run)
        {
            var json = JsonSerializer.Serialize(run, JobsJson.Readable.Run);
            if (json != last)
                yield return json;
            last = json;
            if (run.State is RunState.Completed or RunState.Failed)
                yield break;
            await Task.Delay(s_look, time, ct);
        }
    }

    private static async Task<Run?> LookAsync(Guid id, RunStore store, CancellationToken ct)
    {
        using var quiet = SuppressInstrumentationScope.Begin();
        return await store.FindAsync(id, ct);
    }
}
