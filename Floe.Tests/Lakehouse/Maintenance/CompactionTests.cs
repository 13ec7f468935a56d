using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

public abstract partial class MaintenanceTests : MaintainedTables
{
    [Fact]
    public async Task Small_appends_become_one_file_in_their_order_and_older_snapshots_stay_readable()
    {
        const int Appends = 12;
        var table = await NewTableAsync();
        for (var i = 0; i < Appends; i++)
            table = await AppendAsync(table, i * 10, (i + 1) * 10);
        var before = await ContentAsync(table);
        var snapshots = table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).ToList();
        var action = new RewriteDataFiles(table, Scan, Writer);

        var dry = await action.DryRunAsync(default);
        Assert.Equal(snapshots[^1].SnapshotId, (await table.RefreshAsync(default)).Metadata.CurrentSnapshotId);
        var done = await action.ExecuteAsync(default);
        table = await table.RefreshAsync(default);

        Assert.Equal(dry.Groups.Select(g => g.RewrittenFiles), done.Groups.Select(g => g.RewrittenFiles));
        Assert.Equal((Appends, Appends * 10L, null), (dry.RewrittenFilesCount, dry.Groups.Single().RecordCount, dry.SnapshotId));
        var entry = Assert.Single((await PlanAsync(table)).Entries);
        Assert.Equal((done.Groups[0].AddedFile!.Location, done.AddedBytes), (entry.DataFile.FilePath, entry.DataFile.FileSizeInBytes));
        Assert.Equal(Enumerable.Range(0, Appends * 10).Select(n => $"{n}"), await NumbersAsync(table, entry));
        Assert.Equal((long)Appends, entry.SequenceNumber);
        Assert.Equal(before, await ContentAsync(table));
        Assert.Equal(before, await ContentAsync(table, snapshots[^1].SnapshotId));
        Assert.Equal(10, (await ContentAsync(table, snapshots[0].SnapshotId)).Count);

        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(done.SnapshotId, table.Metadata.CurrentSnapshotId);
        Assert.Equal(("replace", "1", $"{Appends}", "120", "120", "1"), (summary["operation"], summary["added-data-files"], summary["deleted-data-files"], summary["added-records"], summary["total-records"], summary["total-data-files"]));
        Assert.Equal(2, ManifestList.Read(await table.IO.ReadAsync(table.Metadata.CurrentSnapshot.ManifestList!, default), "").Count);
        await StoredFiles.AssertNoneStrayAsync(table);

        // Nothing is left to do.
        Assert.Empty((await action.DryRunAsync(default)).Groups);
        Assert.Null((await action.ExecuteAsync(default)).SnapshotId);
    }

    [Fact]
    public async Task Files_are_packed_per_partition_up_to_the_target_and_large_ones_are_left()
    {
        var table = await NewTableAsync(partitioned: true);
        string[] regions = ["EU", "US"];
        for (var i = 0; i < 8; i++)
            table = await AppendAsync(table, i * 100, (i + 1) * 100, regions[i % 2]);
        table = await AppendAsync(table, 10_000, 20_000, "EU");
        table = await AppendAsync(table, 900, 901, "APAC");
        var files = (await PlanAsync(table)).Files.ToList();
        var small = files.Where(f => f.RecordCount == 100).Select(f => f.FileSizeInBytes).ToList();
        var before = await ContentAsync(table);

        // Two small files fit, three do not.
        Assert.True(2 * small.Max() < 3 * small.Min(), $"the small files have {string.Join(", ", small)} bytes");
        var done = await new RewriteDataFiles(table, Scan, Writer) { TargetFileSizeBytes = (2 * small.Max()) + 1, MinInputFiles = 2 }.ExecuteAsync(default);

        Assert.Equal(["EU", "EU", "US", "US"], done.Groups.Select(g => (string)g.Partition[0]!).Order());
        Assert.All(done.Groups, g => Assert.Equal(2, g.RewrittenFiles.Count));
        var plan = await PlanAsync(table);
        Assert.Equal(6, plan.Entries.Count);
        Assert.Equal(["APAC", "EU", "EU", "EU", "US", "US"], plan.Files.Select(f => (string)f.Partition[0]!).Order());
        foreach (var entry in plan.Entries)
        {
            var numbers = (await NumbersAsync(table, entry)).Select(int.Parse).ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        table = await table.RefreshAsync(default);
        Assert.Equal(before, await ContentAsync(table));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task Appends_that_come_during_a_compaction_are_kept()
    {
        var overtakes = 0;
        var table = await NewTableAsync(properties: new Dictionary<string, string> { ["commit.manifest.min-count-to-merge"] = "3" });
        for (var i = 0; i < 6; i++)
            table = await AppendAsync(table, i, i + 1);
        var interposed = new InterposedCatalog(Catalog, async (_, send) =>
        {
            // Twice another append is faster; the first one also merges the manifests that the compaction has seen.
            if (overtakes++ < 2)
                await AppendAsync(table, 100 + overtakes, 101 + overtakes);
            return await send();
        });

        var done = await new RewriteDataFiles(await interposed.LoadTableAsync(table.Identifier, default), Scan, Writer).ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal((3, 6), (overtakes, done.RewrittenFilesCount));
        Assert.Equal(3, (await PlanAsync(table)).Entries.Count);
        Assert.Equal([0, 1, 2, 3, 4, 5, 101, 102], (await ContentAsync(table)).Select(r => int.Parse(r.Split('/')[1])).Order());
        Assert.Equal("8", table.Metadata.CurrentSnapshot!.Summary["total-records"]);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task Deleted_rows_stay_deleted_and_deletes_that_apply_to_nothing_are_no_obstacle()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 5; i++)
            table = await AppendAsync(table, i * 10, (i + 1) * 10);
        var files = (await PlanAsync(table)).Entries.OrderBy(e => e.SequenceNumber).Select(e => e.DataFile.FilePath).ToList();
        table = await table.NewTransaction().Append([await WriteDeletesAsync(table, (files[0], 3), (files[4], 9)), await WriteDeletesAsync(table, ("s3://gone/file.parquet", 1))]).CommitAsync(default);
        var before = await ContentAsync(table);
        Assert.Equal(48, before.Count);

        var done = await new RewriteDataFiles(table, Scan, Writer).ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal((5, 50L, 1), (done.RewrittenFilesCount, done.Groups[0].RecordCount, done.AddedFilesCount));
        Assert.Equal(before, await ContentAsync(table));
        Assert.Equal(48, (await PlanAsync(table)).RecordCount);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    public static TheoryData<string> Removals => ["replaced", "compacted", "deletes"];

    [Theory]
    [MemberData(nameof(Removals))]
    public async Task A_compaction_whose_files_were_changed_meanwhile_fails_and_leaves_nothing(string how)
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 5; i++)
            table = await AppendAsync(table, i, i + 1);
        var raced = false;
        var interposed = new InterposedCatalog(Catalog, async (_, send) =>
        {
            if (raced)
                return await send();
            raced = true;
            switch (how)
            {
                case "replaced":
                    await table.NewTransaction().Replace([await WriteAsync(table, 50, 60)]).CommitAsync(default);
                    break;
                case "compacted":
                    await new RewriteDataFiles(table, Scan, Writer).ExecuteAsync(default);
                    break;
                default:
                    // What the file says does not matter here, only that it came.
                    var deletes = await WriteAsync(table, 0, 1) with { Content = DataContent.PositionDeletes };
                    await table.NewTransaction().Append([deletes]).CommitAsync(default);
                    break;
            }

            return await send();
        });

        var e = await Assert.ThrowsAsync<CommitFailedException>(async () =>
            await new RewriteDataFiles(await interposed.LoadTableAsync(table.Identifier, default), Scan, Writer).ExecuteAsync(default));

        Assert.Contains(table.Identifier.ToString(), e.Message);
        Assert.Contains("compact it again", e.Message);
        table = await table.RefreshAsync(default);
        Assert.Equal(how switch { "replaced" => 10, _ => 5 }, (await PlanAsync(table)).RecordCount);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task An_answer_to_a_compaction_that_got_lost_is_found_out()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 5; i++)
            table = await AppendAsync(table, i, i + 1);
        var lost = false;
        var interposed = new InterposedCatalog(Catalog, async (_, send) =>
        {
            var answer = await send();
            if (lost)
                return answer;
            lost = true;
            throw new CommitStateUnknownException("cut by the test");
        });

        var done = await new RewriteDataFiles(await interposed.LoadTableAsync(table.Identifier, default), Scan, Writer).ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal(done.SnapshotId, table.Metadata.CurrentSnapshotId);
        Assert.Equal(5, (await ContentAsync(table)).Count);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task Settings_that_break_a_rule_are_refused_by_name()
    {
        var table = await NewTableAsync(properties: new Dictionary<string, string> { ["write.target-file-size-bytes"] = "big", ["gc.enabled"] = "false" });
        table = await AppendAsync(table, 0, 1);

        Assert.Contains("write.target-file-size-bytes=big", (await Assert.ThrowsAsync<ValidationException>(() => new RewriteDataFiles(table, Scan, Writer).DryRunAsync(default))).Message);
        await Assert.ThrowsAsync<ValidationException>(() => new RewriteDataFiles(table, Scan, Writer) { TargetFileSizeBytes = 0 }.DryRunAsync(default));
        await Assert.ThrowsAsync<ValidationException>(() => new RewriteDataFiles(table, Scan, Writer) { MinInputFiles = 1, TargetFileSizeBytes = 1 }.DryRunAsync(default));
        Assert.Contains("gc.enabled", (await Assert.ThrowsAsync<ValidationException>(() => new ExpireSnapshots(table).ExecuteAsync(default))).Message);
        Assert.Contains("gc.enabled", (await Assert.ThrowsAsync<ValidationException>(() => new RemoveOrphanFiles(table).ExecuteAsync(default))).Message);
        await Assert.ThrowsAsync<ValidationException>(() => new RewriteManifests(table) { TargetSizeBytes = 0 }.DryRunAsync(default));
    }
}
