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
    /// <param name="activity">The caller's span of the commit, which gets its attributes.</param>
    /// <param name="prepared">One commit per table.</param>
    /// <param name="send">Sends commits; gives the table after it where the catalog answers one.</param>
    public static async Task<IReadOnlyList<Table?>> RunAsync(
        Activity? activity,
        IReadOnlyList<TableCommit> prepared,
        Func<IReadOnlyList<TableCommit>, CancellationToken, Task<Table?>> send,
        CancellationToken ct)
    {
        if (prepared.Count == 0)
            return [];
        if (prepared.Select(c => c.Identifier).Distinct().Count() != prepared.Count)
            throw new ArgumentException("A transaction may hold one commit per table.", nameof(prepared));

        activity?.SetTag(LakehouseActivity.Table, string.Join(',', prepared.Select(c => c.Identifier)));
        var (started, error) = (Stopwatch.GetTimestamp(), (string?)null);
        try
        {
            var (tables, attempts) = await TryAsync(prepared, send, ct);
            LakehouseMetrics.CommitRetries.Add(attempts - 1);
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
            error = e.GetType().FullName;
            throw;
        }
        catch (Exception e)
        {
            activity.Fail(e);
            error = e.GetType().FullName;
            foreach (var change in prepared.Select(c => c.Origin).OfType<IPendingCommit>())
                await CleanAsync(change.DiscardAsync);
            throw;
        }
        finally
        {
            LakehouseMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, error is null ? default(TagList) : new TagList { { "error.type", error } });
        }
    }

    private static async Task<(IReadOnlyList<Table?> Tables, int Attempts)> TryAsync(
        IReadOnlyList<TableCommit> commits,
        Func<IReadOnlyList<TableCommit>, CancellationToken, Task<Table?>> send,
        CancellationToken ct)
    {
        var retry = commits[0].Origin is { } first ? CommitRetry.Of(first.Table) : new CommitRetry(0, TimeSpan.Zero, TimeSpan.Zero);
        CommitStateUnknownException? open = null;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                CatalogException failure;
                try
                {
                    FaultPoints.Reached(FaultPoints.CommitPrepared);
                    var table = await send(commits, ct);
                    FaultPoints.Reached(FaultPoints.CommitAnswered);
                    await KeepAsync(commits, [.. commits.Select(c => c.ManifestList)]);
                    FaultPoints.Reached(FaultPoints.CommitCleaned);
                    return ([table], attempt + 1);
                }
                catch (CommitStateUnknownException e)
                {
                    failure = open = e;
                }
                catch (Exception e) when (e is CommitFailedException or ServiceUnavailableException)
                {
                    // Refused, or never sent.
                    failure = (CatalogException)e;
                }

                if (commits.Any(c => c.Origin is null))
                    throw failure;

                // After an attempt without an answer every later refusal may be that attempt's own success.
                var now = await RefreshAsync(commits, retry, failure, ct);
                if (commits.Zip(now).All(p => p.First.HappenedIn(p.Second)))
                {
                    await KeepAsync(commits, [.. commits.Zip(now).Select(p => p.First.FindIn(p.Second)?.ManifestList)]);
                    return ([.. now], attempt + 1);
                }

                foreach (var (commit, table) in commits.Zip(now))
                {
                    if (commit.Origin!.Conflict(table) is not { } reason)
                        continue;

                    // The table has moved on from where every attempt wanted it to be: none of them can succeed any more. Without a snapshot
                    // to look for, one of them may have succeeded and been changed again since.
                    if (open is not null && commits.Any(c => c.SnapshotId is null))
                        throw new CommitStateUnknownException($"The commit to {Names(commits)} got no answer, and the table was changed since: {reason}", failure);
                    throw new OvertakenException(new CommitFailedException(reason, failure));
                }

                if (attempt >= retry.Retries)
                    throw Exhausted(commits, attempt, failure);

                await Task.Delay(retry.Wait(attempt), commits[0].Origin!.Table.Time, ct);
                if (failure is CommitFailedException)
                    commits = await PrepareAsync(commits, now, ct);
            }
        }
        catch (OvertakenException e)
        {
            throw e.Refusal;
        }
        catch (Exception e) when (open is not null && e is not CommitStateUnknownException)
        {
            throw new CommitStateUnknownException($"The commit to {Names(commits)} got no answer, and it could not be found out whether it happened: {e.Message}", e);
        }
    }

    private static async Task<IReadOnlyList<TableCommit>> PrepareAsync(IReadOnlyList<TableCommit> commits, IReadOnlyList<Table> now, CancellationToken ct)
    {
        try
        {
            return await Task.WhenAll(commits.Zip(now).Select(p => p.First.Origin!.PrepareOnAsync(p.Second, ct)));
        }
        catch (CommitFailedException e)
        {
            // It does not apply to the table as it is, which has none of the attempts' snapshots: certain, too.
            throw new OvertakenException(e);
        }
    }

    private static CatalogException Exhausted(IReadOnlyList<TableCommit> commits, int attempt, CatalogException failure) => failure is CommitFailedException
        ? new CommitFailedException($"The commit to {Names(commits)} was overtaken by others {attempt + 1} times; raise the table property commit.retry.num-retries or commit less often.", failure)
        : failure;

    /// <summary>The newest state of every table.</summary>
    private static async Task<IReadOnlyList<Table>> RefreshAsync(IReadOnlyList<TableCommit> commits, CommitRetry retry, CatalogException failure, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Task.WhenAll(commits.Select(c => c.Origin!.Table.RefreshAsync(ct)));
            }
            catch (ServiceUnavailableException e) when (attempt >= retry.Retries)
            {
                throw failure is CommitStateUnknownException
                    ? new CommitStateUnknownException($"The commit to {Names(commits)} got no answer, and the catalog cannot be asked whether it happened: {e.Message}", failure)
                    : failure;
            }
            catch (ServiceUnavailableException)
            {
                await Task.Delay(retry.Wait(attempt), commits[0].Origin!.Table.Time, ct);
            }
        }
    }

    private static string Names(IReadOnlyList<TableCommit> commits) => string.Join(", ", commits.Select(c => c.Identifier));

    /// <summary>After success: removes what attempts wrote that were not the one. The commit stands whatever happens here.</summary>
    private static async Task KeepAsync(IReadOnlyList<TableCommit> commits, IReadOnlyList<string?> lists)
    {
        foreach (var (commit, list) in commits.Zip(lists))
        {
            if (commit.Origin is not null && list is not null)
                await CleanAsync(() => commit.Origin.KeepAsync(list));
        }
    }

    /// <summary>Runs a cleanup. What it leaves when it fails is found as orphan files; the commit's own outcome matters more to the caller.</summary>
    internal static async Task CleanAsync(Func<Task> cleanup)
    {
        try
        {
            await cleanup();
        }
        catch (LakehouseException e)
        {
            Activity.Current?.AddEvent(new ActivityEvent("cleanup failed", tags: new() { ["exception.message"] = e.Message }));
        }
    }

    /// <summary>Carries a refusal that is certain past the handler of open questions.</summary>
    private sealed class OvertakenException(CommitFailedException refusal) : Exception(refusal.Message)
    {
        public CommitFailedException Refusal { get; } = refusal;
    }
}
