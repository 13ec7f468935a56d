using Floe.Lakehouse.Manifests;

namespace Floe.Lakehouse.Maintenance;

/// <summary>Which manifests of a snapshot become which.</summary>
internal sealed record ManifestRewritePlan(IReadOnlyList<ManifestFile> Current, IReadOnlyList<ManifestRewritePlan.Group> Groups)
{
    /// <summary>Locations of the manifests that are replaced.</summary>
    public HashSet<string> Sources { get; } = Groups.SelectMany(g => g.Sources).Select(m => m.ManifestPath).ToHashSet(StringComparer.Ordinal);

    public int EntriesCount => Groups.Sum(g => g.Entries.Count);

    public RewriteManifestsResult ToResult(long? snapshotId) => new(
        [.. Groups.SelectMany(g => g.Sources).Select(m => new MaintainedFile(m.ManifestPath, m.ManifestLength))],
        Groups.Sum(g => (g.Entries.Count + g.EntriesPerTarget - 1) / g.EntriesPerTarget),
        EntriesCount,
        snapshotId);

    /// <summary>Manifests of one spec and content.</summary>
    /// <param name="Sources">The manifests.</param>
    /// <param name="Entries">Their live entries, sorted.</param>
    /// <param name="Targets">How many manifests they shall become.</param>
    internal sealed record Group(IReadOnlyList<ManifestFile> Sources, IReadOnlyList<ManifestEntry> Entries, int Targets)
    {
        public int EntriesPerTarget => (Entries.Count + Targets - 1) / Targets;
    }
}
