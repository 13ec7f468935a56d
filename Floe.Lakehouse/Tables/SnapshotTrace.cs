using System.Diagnostics;
using Floe.Lakehouse.Metadata;

namespace Floe.Lakehouse.Tables;

/// <summary>
/// The trace that a snapshot was made in, as a property of its summary (W3C <c>traceparent</c>): who reads a new snapshot can go on in it. It is the context
/// of the outermost span of the committing process (the worker's run), not of the commit: what follows the commit follows from the run.
/// </summary>
public static class SnapshotTrace
{
    /// <summary>Key in the summary.</summary>
    public const string Key = "traceparent";

    /// <summary>The context that a snapshot was made in; null when it does not say, or says what is none.</summary>
    public static ActivityContext? Of(Snapshot snapshot) =>
        ActivityContext.TryParse(snapshot.Summary.GetValueOrDefault(Key), null, isRemote: true, out var context) ? context : null;

    /// <summary>The summary with the trace of the work that is under way here, when it is recorded.</summary>
    internal static IReadOnlyDictionary<string, string> AddTo(IReadOnlyDictionary<string, string> summary)
    {
        var span = Activity.Current;
        while (span?.Parent is { } outer)
            span = outer;
        return span is { IdFormat: ActivityIdFormat.W3C, Recorded: true, Id: { } id } && !summary.ContainsKey(Key)
            ? new Dictionary<string, string>(summary, StringComparer.Ordinal) { [Key] = id }
            : summary;
    }
}
