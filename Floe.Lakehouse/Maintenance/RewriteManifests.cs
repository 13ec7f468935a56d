using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>
/// Rewrites many small manifests into few, their entries sorted by partition, so that a scan reads fewer and can leave out more of them. The table's
/// rows, files and sequence numbers stay as they are; commits a <c>replace</c> snapshot.
/// </summary>
public sealed class RewriteManifests(Table table)
{
    private const long DefaultTargetBytes = 8 * 1024 * 1024;

    /// <summary>Bytes that a manifest should have; by default the table property <c>commit.manifest.target-size-bytes</c> (8 MiB).</summary>
    public long? TargetSizeBytes { get; init; }

    /// <summary>What <see cref="ExecuteAsync"/> would do to the table as it is now; changes nothing.</summary>
    /// <exception cref="ValidationException">An option or table property breaks its rule.</exception>
    /// <exception cref="CorruptFileException">A manifest list or manifest is not readable.</exception>
    public async Task<RewriteManifestsResult> DryRunAsync(CancellationToken ct)
    {
        var now = await table.RefreshAsync(ct);
        return (await new ManifestRewrite(now, Target(now)).PlanAsync(now, ct)).ToResult(null);
    }

    /// <summary>Rewrites and commits; tried again on a newer state of the table when another commit came first.</summary>
    /// <returns>What was done; nothing when it would not make the manifests fewer.</returns>
    /// <exception cref="CommitFailedException">Others were faster every time; nothing was changed.</exception>
    /// <exception cref="CommitStateUnknownException">Whether the commit happened could not be found out.</exception>
    public async Task<RewriteManifestsResult> ExecuteAsync(CancellationToken ct)
    {
        using var activity = LakehouseActivity.Start("iceberg.rewrite_manifests");
        var now = await table.RefreshAsync(ct);
        var rewrite = new ManifestRewrite(now, Target(now));
        var plan = await rewrite.PlanAsync(now, ct);
        if (plan.Groups.Count == 0)
            return plan.ToResult(null);
        await PendingCommits.CommitAsync(activity, rewrite, ct);
        return rewrite.Plan!.ToResult(rewrite.SnapshotId);
    }

    private long Target(Table now) => TargetSizeBytes switch
    {
        null => TableSetting.Number(now, "commit.manifest.target-size-bytes", DefaultTargetBytes, least: 1),
        < 1 => throw new ValidationException($"TargetSizeBytes is {TargetSizeBytes}; a manifest has at least 1 byte."),
        { } bytes => bytes,
    };
}
