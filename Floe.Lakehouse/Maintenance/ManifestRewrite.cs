using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;

namespace Floe.Lakehouse.Maintenance;

/// <summary>The pending commit of <see cref="RewriteManifests"/>. On a newer state whose manifests are others it plans anew; manifests that came since
/// by appends are left as they are.</summary>
internal sealed class ManifestRewrite(Table table, long targetBytes) : IPendingCommit
{
    private readonly SnapshotOutput output = new(table);
    private IReadOnlyList<ManifestFile> results = [];

    public Table Table { get; } = table;

    public long SnapshotId => output.SnapshotId;

    /// <summary>The plan of the last attempt.</summary>
    public ManifestRewritePlan? Plan { get; private set; }

    long IPendingCommit.AddedRows => 0;

    long IPendingCommit.AddedBytes => 0;

    /// <summary>The groups of manifests that become fewer.</summary>
    public async Task<ManifestRewritePlan> PlanAsync(Table at, CancellationToken ct)
    {
        Writable.Check(at);
        var metadata = at.Metadata;
        var current = await SnapshotFiles.ManifestsAsync(metadata.CurrentSnapshot, at.IO, ct);
        var groups = new List<ManifestRewritePlan.Group>();
        foreach (var kind in current.Where(m => m.HasLiveFiles).GroupBy(m => (m.PartitionSpecId, m.Content)))
        {
            var sources = kind.ToList();
            var wanted = (int)Math.Max(1, (sources.Sum(m => m.ManifestLength) + targetBytes - 1) / targetBytes);
            if (sources.Count <= wanted)
                continue;
            var entries = (await SnapshotFiles.EntriesAsync(sources, metadata, at.IO, ct)).SelectMany(e => e).Where(e => e.IsLive).ToList();
            if (entries.Count > 0)
                groups.Add(new(sources, Sorted(entries), Math.Min(wanted, entries.Count)));
        }

        return Plan = new ManifestRewritePlan(current, groups);
    }

    async Task<TableCommit> IPendingCommit.PrepareOnAsync(Table at, CancellationToken ct)
    {
        var current = await SnapshotFiles.ManifestsAsync(at.Metadata.CurrentSnapshot, at.IO, ct);
        var replaced = Plan?.Sources;
        if (replaced is null || results.Count == 0 || !replaced.All(current.Select(m => m.ManifestPath).ToHashSet(StringComparer.Ordinal).Contains))
        {
            var plan = Plan is { } made && results.Count == 0 && at == Table ? made : await PlanAsync(at, ct);
            (current, replaced) = (plan.Current, plan.Sources);
            if (plan.Groups.Count == 0)
                throw new CommitFailedException($"Another commit rewrote the manifests of {Table.Identifier} meanwhile; nothing is left to do.");
            results = await WriteAsync(at, plan, ct);
        }

        IReadOnlyList<ManifestFile> manifests = [.. results, .. current.Where(m => m.HasLiveFiles && !replaced.Contains(m.ManifestPath))];
        var extra = new Dictionary<string, string>
        {
            ["manifests-created"] = Text(results.Count),
            ["manifests-replaced"] = Text(replaced.Count),
            ["manifests-kept"] = Text(manifests.Count - results.Count),
            ["entries-processed"] = Text(Plan!.EntriesCount),
        };
        return await output.CommitAsync(this, at, manifests, new SnapshotSummary().Build("replace", at.Metadata.CurrentSnapshot, extra), ct);

        static string Text(int n) => n.ToString(CultureInfo.InvariantCulture);
    }

    string? IPendingCommit.Conflict(Table now) => now.Metadata.TableUuid != Table.Metadata.TableUuid
        ? $"The table {Table.Identifier} was dropped and created again since the rewriting of its manifests began; begin it again."
        : null;

    Task IPendingCommit.KeepAsync(string manifestList) => output.KeepAsync(manifestList);

    Task IPendingCommit.DiscardAsync() => output.DiscardAsync([]);

    private async Task<IReadOnlyList<ManifestFile>> WriteAsync(Table at, ManifestRewritePlan plan, CancellationToken ct)
    {
        var written = new List<ManifestFile>();
        foreach (var group in plan.Groups)
        {
            foreach (var part in group.Entries.Chunk(group.EntriesPerTarget))
            {
                var spec = at.Metadata.SpecById(group.Sources[0].PartitionSpecId);
                var writer = new ManifestWriter(spec, at.Metadata.SchemaFor(spec), group.Sources[0].Content, output.SnapshotId);
                foreach (var entry in part)
                    writer.Add(entry with { Status = EntryStatus.Existing });
                written.Add(await output.WriteManifestAsync(writer, ct));
            }
        }

        return written;
    }

    /// <summary>By partition, nulls first; within one by age.</summary>
    private static IReadOnlyList<ManifestEntry> Sorted(IEnumerable<ManifestEntry> entries) =>
        [.. entries.OrderBy(e => e.DataFile.Partition, Comparer<IReadOnlyList<object?>>.Create(Compare)).ThenBy(e => e.SequenceNumber)];

    private static int Compare(IReadOnlyList<object?> a, IReadOnlyList<object?> b)
    {
        for (var i = 0; i < a.Count; i++)
        {
            var order = (a[i], b[i]) switch
            {
                (null, null) => 0,
                (null, _) => -1,
                (_, null) => 1,
                ({ } x, { } y) => SingleValue.Compare(x, y),
            };
            if (order != 0)
                return order;
        }

        return 0;
    }
}
