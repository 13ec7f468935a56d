using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

public abstract partial class MaintenanceTests
{
    [Fact]
    public async Task Many_manifests_become_few_sorted_by_partition()
    {
        var table = await NewTableAsync(partitioned: true);
        string[] regions = ["US", "EU", "APAC"];
        for (var i = 0; i < 9; i++)
            table = await AppendAsync(table, i, i + 1, regions[i % 3]);
        var before = await ContentAsync(table);
        var sequences = (await PlanAsync(table)).Entries.ToDictionary(e => e.DataFile.FilePath, e => (e.SnapshotId, e.SequenceNumber, e.FileSequenceNumber));
        var action = new RewriteManifests(table);

        var dry = await action.DryRunAsync(default);
        var done = await action.ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal(dry.RewrittenManifests, done.RewrittenManifests);
        Assert.Equal((9, 1, 9), (done.RewrittenManifests.Count, done.AddedManifestsCount, done.EntriesCount));
        Assert.Equal(done.SnapshotId, table.Metadata.CurrentSnapshotId);
        var manifest = Assert.Single(await ManifestsAsync(table));
        Assert.Equal((0, 9, 0, 1L), (manifest.AddedFilesCount, manifest.ExistingFilesCount, manifest.DeletedFilesCount, manifest.MinSequenceNumber));
        var plan = await PlanAsync(table);
        Assert.Equal(regions.Order().SelectMany(r => Enumerable.Repeat(r, 3)), plan.Files.Select(f => f.Partition[0]));
        Assert.All(plan.Entries, e => Assert.Equal(sequences[e.DataFile.FilePath], (e.SnapshotId, e.SequenceNumber, e.FileSequenceNumber)));
        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(("replace", "1", "9", "0", "9", "9"), (summary["operation"], summary["manifests-created"], summary["manifests-replaced"], summary["manifests-kept"], summary["entries-processed"], summary["total-data-files"]));
        Assert.Equal(before, await ContentAsync(table));
        await StoredFiles.AssertNoneStrayAsync(table);
        Assert.Null((await action.ExecuteAsync(default)).SnapshotId);

        // A target that two thirds of the entries do not fit gives several.
        table = await AppendAsync(table, 20, 21, "EU");
        var split = await new RewriteManifests(table) { TargetSizeBytes = manifest.ManifestLength }.DryRunAsync(default);
        Assert.Empty(split.RewrittenManifests);
    }

    [Fact]
    public async Task Appends_that_come_while_manifests_are_rewritten_are_kept()
    {
        var overtakes = 0;
        var table = await NewTableAsync(properties: new Dictionary<string, string> { ["commit.manifest.min-count-to-merge"] = "6" });
        for (var i = 0; i < 4; i++)
            table = await AppendAsync(table, i, i + 1);
        var interposed = new InterposedCatalog(Catalog, async (_, send) =>
        {
            // The second append merges the manifests: the rewriting has to begin anew.
            if (overtakes++ < 2)
                await AppendAsync(table, 100 + overtakes, 101 + overtakes);
            return await send();
        });

        var done = await new RewriteManifests(await interposed.LoadTableAsync(table.Identifier, default)).ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal(done.SnapshotId, table.Metadata.CurrentSnapshotId);
        Assert.Equal(["replace"], table.Metadata.Snapshots.Where(s => s.Operation != "append").Select(s => s.Operation));
        Assert.Equal(6, (await ContentAsync(table)).Count);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    /// <summary>Whatever a table went through, maintenance changes nothing of its content and leaves no file too many or too few.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Maintenance_in_any_order_keeps_the_content(int seed)
    {
        var random = new Random(seed);
        var table = await NewTableAsync(partitioned: seed % 2 == 0);
        for (var step = 0; step < 25; step++)
        {
            var before = table.Metadata.CurrentSnapshot is null ? null : await ContentAsync(table);
            switch (random.Next(10))
            {
                case < 6:
                    table = await AppendAsync(table, step * 100, (step * 100) + random.Next(1, 100), random.Next(2) == 0 ? "EU" : "US");
                    continue;
                case 6:
                    await new RewriteManifests(table).ExecuteAsync(default);
                    break;
                case 7:
                    await new RewriteDataFiles(table, Scan, Writer) { TargetFileSizeBytes = random.Next(1000, 20_000), MinInputFiles = 2 }.ExecuteAsync(default);
                    break;
                case 8:
                    await new ExpireSnapshots(table) { OlderThan = Later, RetainLast = random.Next(1, 4) }.ExecuteAsync(default);
                    break;
                default:
                    await new RemoveOrphanFiles(table) { OlderThan = Later }.ExecuteAsync(default);
                    break;
            }

            table = await table.RefreshAsync(default);
            if (before is not null)
                Assert.Equal(before, await ContentAsync(table));
            await StoredFiles.AssertNoneStrayAsync(table);
        }
    }

    /// <summary>At full size: a thousand small appends.</summary>
    [Fact]
    [Trait("Category", "Long")]
    public async Task A_thousand_small_appends_become_few_files()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 1000; i++)
            table = await AppendAsync(table, i * 10, (i + 1) * 10);
        var before = await ContentAsync(table);

        var done = await new RewriteDataFiles(table, Scan, Writer).ExecuteAsync(default);
        var expired = await new ExpireSnapshots(table) { OlderThan = Later, RetainMetadata = 1 }.ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        var entry = Assert.Single((await PlanAsync(table)).Entries);
        Assert.Equal((1000, 1000), (done.RewrittenFilesCount, expired.DataFiles.Count));
        Assert.Equal(before, await ContentAsync(table));
        Assert.Equal(Enumerable.Range(0, 10_000).Select(n => $"{n}"), await NumbersAsync(table, entry));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    private static async Task<IReadOnlyList<ManifestFile>> ManifestsAsync(Table table)
    {
        var list = table.Metadata.CurrentSnapshot!.ManifestList!;
        return ManifestList.Read(await table.IO.ReadAsync(list, default), list);
    }
}
