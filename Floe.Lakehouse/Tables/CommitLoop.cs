using System.Diagnostics;
using Floe.Lakehouse.Catalog;

namespace Floe.Lakehouse.Tables;

/// <summary>
/// Optimistic concurrency (specification, "Optimistic Concurrency"): sends a commit, tries again on the newest state where every change still
/// applies, and never loses or doubles it. Every attempt of a transaction has the same snapshot id and requires the branch to be where the attempt
/// was prepared, so of all attempts at most one can succeed, and whether one did can be seen by the id.
/// </summary>
internal static class CommitLoop
{
    /// <summary>Commits and gives the tables after it where the catalog answered them.</summary>
    public static async Task<IReadOnlyList<Table?>> RunAsync(
        IReadOnlyList<TableCommit> prepared,
        Func<IReadOnlyList<TableCommit>, CancellationToken, Task<Table?>> send,
        CancellationToken ct)
    {
        if (prepared.Count == 0)
            return [];
        if (prepared.Select(c => c.Identifier).Distinct().Count() != prepared.Count)
            throw new ArgumentException("A transaction may hold one commit per table.", nameof(prepared));

        using var activity = LakehouseActivity.Start("iceberg.commit");
        activity?.SetTag(LakehouseActivity.Table, string.Join(',', prepared.Select(c => c.Identifier)));
        try
        {
            var (tables, attempts) = await TryAsync(prepared, send, ct);
            activity?.SetTag(LakehouseActivity.SnapshotId, string.Join(',', prepared.Select(c => c.SnapshotId)));
            activity?.SetTag(LakehouseActivity.Rows, prepared.Sum(c => c.Origin?.AddedRows ?? 0));
            activity?.SetTag(LakehouseActivity.Bytes, prepared.Sum(c => c.Origin?.AddedBytes ?? 0));
            activity?.SetTag(LakehouseActivity.Attempts, attempts);
            return tables;
        }
        catch (CommitStateUnknownException e)
        {
            // The catalog may refer to the files: they stay.
            activity.Fail(e);
            throw;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            foreach (var commit in prepared)
                await DiscardAsync(commit.Origin, activity);
            throw;
        }
    }

    private static async Task<(IReadOnlyList<Table?> Tables, int Attempts)> TryAsync(
        IReadOnlyList<TableCommit> commits,
        Func<IReadOnlyList<TableCommit>, CancellationToken, Task<Table?>> send,
        CancellationToken ct)
    {
        var retry = commits[0].Origin is { } first ? CommitRetry.Of(first.Table) : new CommitRetry(0, TimeSpan.Zero, TimeSpan.Zero);
        var unknown = false;
        for (var attempt = 0; ; attempt++)
        {
            CatalogException failure;
            try
            {
                var table = await send(commits, ct);
                foreach (var commit in commits)
                    await KeepAsync(commit);
                return ([table], attempt + 1);
            }
            catch (CommitFailedException e)
            {
                failure = e;
            }
            catch (CommitStateUnknownException e)
            {
                failure = e;
                unknown = true;
            }
            catch (ServiceUnavailableException e)
            {
                // Never sent.
                failure = e;
            }

            if (commits.Any(c => c.Origin is null))
                throw failure;

            // After an attempt without an answer every later refusal may be that attempt's own success.
            var now = await RefreshAsync(commits, retry, failure, unknown, ct);
            if (now is not null)
            {
                if (commits.Zip(now).All(p => p.First.SnapshotId is { } id && p.Second.Metadata.Snapshots.Any(s => s.SnapshotId == id)))
                {
                    foreach (var commit in commits)
                        await KeepAsync(commit);
                    return ([.. now], attempt + 1);
                }

                foreach (var (commit, table) in commits.Zip(now))
                {
                    if (commit.Origin!.Conflict(table) is { } reason)
                        throw new CommitFailedException(reason, failure);
                }
            }

            if (attempt >= retry.Retries)
                throw unknown && failure is not CommitFailedException ? failure as CommitStateUnknownException ?? new CommitStateUnknownException(failure.Message, failure) : Exhausted(commits, attempt, failure);

            await Task.Delay(retry.Wait(attempt), ct);
            if (failure is CommitFailedException && now is not null)
                commits = await Task.WhenAll(commits.Zip(now).Select(p => p.First.Origin!.PrepareOnAsync(p.Second, ct)));
        }
    }

    private static CatalogException Exhausted(IReadOnlyList<TableCommit> commits, int attempt, CatalogException failure) => failure is CommitFailedException
        ? new CommitFailedException($"The commit to {string.Join(", ", commits.Select(c => c.Identifier))} was overtaken by others {attempt + 1} times; raise the table property commit.retry.num-retries or commit less often.", failure)
        : failure;

    /// <summary>The newest state of every table; null when the catalog cannot say and nothing hangs on it yet.</summary>
    private static async Task<IReadOnlyList<Table>?> RefreshAsync(IReadOnlyList<TableCommit> commits, CommitRetry retry, CatalogException failure, bool unknown, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Task.WhenAll(commits.Select(c => c.Origin!.Table.RefreshAsync(ct)));
            }
            catch (ServiceUnavailableException e) when (attempt >= retry.Retries)
            {
                throw unknown
                    ? new CommitStateUnknownException($"The commit to {string.Join(", ", commits.Select(c => c.Identifier))} got no answer, and the catalog cannot be asked whether it happened: {e.Message}", failure)
                    : failure;
            }
            catch (ServiceUnavailableException)
            {
                await Task.Delay(retry.Wait(attempt), ct);
            }
            catch (OperationCanceledException e) when (unknown)
            {
                throw new CommitStateUnknownException($"The commit to {string.Join(", ", commits.Select(c => c.Identifier))} got no answer, and the caller did not wait to find out whether it happened.", e);
            }
        }
    }

    private static Task KeepAsync(TableCommit commit) => commit.Origin?.KeepAsync(commit) ?? Task.CompletedTask;

    private static async Task DiscardAsync(Transaction? transaction, Activity? activity)
    {
        try
        {
            if (transaction is not null)
                await transaction.DiscardAsync();
        }
        catch (LakehouseException e)
        {
            // The commit's own error matters more to the caller; what is left is found as orphan files.
            activity?.AddEvent(new ActivityEvent("cleanup failed", tags: new() { ["exception.message"] = e.Message }));
        }
    }
}
