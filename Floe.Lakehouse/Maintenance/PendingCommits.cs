using System.Diagnostics;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Commits one table's pending change.</summary>
internal static class PendingCommits
{
    /// <summary>Prepares, commits with retries, and cleans up after a failure.</summary>
    public static async Task CommitAsync(Activity? activity, IPendingCommit change, CancellationToken ct)
    {
        TableCommit first;
        try
        {
            first = await change.PrepareOnAsync(change.Table, ct);
        }
        catch (Exception e)
        {
            activity.Fail(e);
            await CommitLoop.CleanAsync(change.DiscardAsync);
            throw;
        }

        await CommitLoop.RunAsync(activity, [first], async (commits, token) => await change.Table.Catalog.CommitTableAsync(commits[0], token), ct);
    }
}
