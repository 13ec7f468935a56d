using System.Diagnostics;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;

namespace Floe.SeedWorker.Ingest;

/// <summary>Commits of several tables that are prepared side by side and sent together or not at all.</summary>
internal static class PreparedCommits
{
    /// <summary>Waits for all of them; when one fails, gives up the others, whose files would belong to nobody.</summary>
    public static async Task<IReadOnlyList<TableCommit>> AllAsync(IEnumerable<Task<TableCommit>> preparing)
    {
        Task<TableCommit>[] all = [.. preparing];
        try
        {
            return await Task.WhenAll(all);
        }
        catch
        {
            foreach (var prepared in all.Where(task => task.IsCompletedSuccessfully))
                await DiscardAsync(await prepared);
            throw;
        }
    }

    /// <summary>Removes the files of a commit that will not be sent. What a store that fails keeps of them is found as orphan files; the failure that led
    /// here matters more to the caller.</summary>
    public static async Task DiscardAsync(TableCommit commit)
    {
        try
        {
            await commit.DiscardAsync();
        }
        catch (StorageException e)
        {
            Activity.Current?.AddEvent(new ActivityEvent("cleanup failed", tags: new() { ["floe.table"] = commit.Identifier.ToString(), ["exception.message"] = e.Message }));
        }
    }
}
