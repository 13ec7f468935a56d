using System.Diagnostics;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;

namespace Floe.SeedWorker.Ingest;

/// <summary>Work on several tables, done side by side, of which all is wanted or nothing.</summary>
internal static class AllOrNone
{
    /// <summary>Waits for all; when one fails, discards what the others made, which would belong to nobody.</summary>
    public static async Task<IReadOnlyList<T>> WaitAsync<T>(IEnumerable<Task<T>> work, Func<T, Task> discard)
    {
        Task<T>[] all = [.. work];
        try
        {
            return await Task.WhenAll(all);
        }
        catch
        {
            foreach (var done in all.Where(task => task.IsCompletedSuccessfully))
                await discard(await done);
            throw;
        }
    }

    /// <summary>Removes files that no snapshot will have. What a store that fails keeps of them is found as orphan files; the failure that led here
    /// matters more to the caller.</summary>
    public static async Task DiscardAsync(TableIdentifier table, Func<Task> remove)
    {
        try
        {
            await remove();
        }
        catch (StorageException e)
        {
            Activity.Current?.AddEvent(new ActivityEvent("cleanup failed", tags: new() { ["floe.table"] = table.ToString(), ["exception.message"] = e.Message }));
        }
    }
}
