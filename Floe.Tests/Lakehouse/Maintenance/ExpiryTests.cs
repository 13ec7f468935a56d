using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

public abstract partial class MaintenanceTests
{
    private static DateTimeOffset Later => DateTimeOffset.UtcNow.AddHours(1);

    [Fact]
    public async Task Expired_snapshots_go_with_the_files_that_only_they_had()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 6; i++)
            table = await AppendAsync(table, i * 10, (i + 1) * 10);
        await new RewriteDataFiles(table, Scan, Writer).ExecuteAsync(default);
        table = await AppendAsync(table, 60, 70);
        var snapshots = table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).ToList();
        var before = await ContentAsync(table);
        var stored = await StoredFiles.ListAsync(table.IO, table.Location);
        var action = new ExpireSnapshots(table) { OlderThan = Later, RetainLast = 2 };

        var dry = await action.DryRunAsync(default);
        Assert.Equal(stored.Order(), (await StoredFiles.ListAsync(table.IO, table.Location)).Order());
        var done = await action.ExecuteAsync(default);

        Assert.Equal(dry.Files, done.Files);
        Assert.Equal(snapshots.Take(6).Select(s => s.SnapshotId), done.Snapshots);
        Assert.Equal((6, 6, 6, 0), (done.DataFiles.Count, done.Manifests.Count, done.ManifestLists.Count, done.MetadataFiles.Count));
        Assert.Equal(snapshots.Take(6).Select(s => s.ManifestList!).Order(), done.ManifestLists.Select(f => f.Location));
        Assert.All(done.Files, f => Assert.InRange(f.FileSizeInBytes, 100, 10_000));
        table = await table.RefreshAsync(default);
        Assert.Equal(stored.Except(done.Files.Select(f => f.Location)).Order(), (await StoredFiles.ListAsync(table.IO, table.Location)).Where(f => f != table.MetadataLocation).Order());
        Assert.Equal(before, await ContentAsync(table));
        Assert.Equal(60, (await ContentAsync(table, snapshots[6].SnapshotId)).Count);
        await Assert.ThrowsAsync<ValidationException>(() => table.NewScan().UseSnapshot(snapshots[0].SnapshotId).PlanAsync(default));
        await StoredFiles.AssertNoneStrayAsync(table);
        Assert.Empty((await action.ExecuteAsync(default)).Files);
    }

    [Fact]
    public async Task What_a_tag_refers_to_stays_until_the_tag_expires()
    {
        var table = await NewTableAsync();
        table = await AppendAsync(table, 0, 10);
        var tagged = table.Metadata.CurrentSnapshot!;
        await Catalog.CommitTableAsync(new TableCommit(table.Identifier, [], [new SetSnapshotRef("release", new SnapshotRef(tagged.SnapshotId, "tag"))]), default);
        table = await table.RefreshAsync(default);
        table = await table.NewTransaction().Replace([await WriteAsync(table, 20, 30)]).CommitAsync(default);

        Assert.Empty((await new ExpireSnapshots(table) { OlderThan = Later }.ExecuteAsync(default)).Files);
        Assert.Equal(10, (await ContentAsync(table, tagged.SnapshotId)).Count);

        // From here on the tag is too old.
        await Catalog.CommitTableAsync(new TableCommit(table.Identifier, [], [new SetProperties(new Dictionary<string, string> { ["history.expire.max-ref-age-ms"] = "0" })]), default);
        await WaitForAsync(() => DateTimeOffset.UtcNow > tagged.Timestamp.AddMilliseconds(2));
        var done = await new ExpireSnapshots(table) { OlderThan = Later }.ExecuteAsync(default);

        Assert.Equal(["release"], done.Refs);
        Assert.Equal([tagged.SnapshotId], done.Snapshots);
        Assert.Equal((1, 1), (done.DataFiles.Count, done.ManifestLists.Count));
        table = await table.RefreshAsync(default);
        Assert.Equal(["main"], table.Metadata.Refs.Keys);
        Assert.Equal(10, (await ContentAsync(table)).Count);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task The_metadata_log_is_trimmed_with_its_files()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 5; i++)
            table = await AppendAsync(table, i, i + 1);
        var action = new ExpireSnapshots(table) { OlderThan = DateTimeOffset.UnixEpoch, RetainMetadata = 2 };

        var dry = await action.DryRunAsync(default);
        var done = await action.ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Equal(dry.MetadataFiles, done.MetadataFiles);
        Assert.Equal((4, 0, 2), (done.MetadataFiles.Count, done.Snapshots.Count, table.Metadata.MetadataLog.Count));
        var left = (await StoredFiles.ListAsync(table.IO, table.Location)).Where(f => f.EndsWith(".metadata.json", StringComparison.Ordinal));
        Assert.Equal(table.Metadata.MetadataLog.Select(e => e.MetadataFile).Append(table.MetadataLocation!).Order(), left.Order());

        // From now on the catalog shortens the log with every commit; the files of what it took out go with the next expiry.
        for (var i = 5; i < 9; i++)
            table = await AppendAsync(table, i, i + 1);
        Assert.Equal(2, table.Metadata.MetadataLog.Count);
        await new ExpireSnapshots(table) { OlderThan = Later, RetainMetadata = 2 }.ExecuteAsync(default);
        table = await table.RefreshAsync(default);
        left = (await StoredFiles.ListAsync(table.IO, table.Location)).Where(f => f.EndsWith(".metadata.json", StringComparison.Ordinal));
        Assert.Equal(table.Metadata.MetadataLog.Select(e => e.MetadataFile).Append(table.MetadataLocation!).Order(), left.Order());
        Assert.Equal(9, (await ContentAsync(table)).Count);
        await Assert.ThrowsAsync<ValidationException>(() => new ExpireSnapshots(table) { RetainMetadata = 0 }.DryRunAsync(default));
        await Assert.ThrowsAsync<ValidationException>(() => new ExpireSnapshots(table) { RetainLast = 0 }.DryRunAsync(default));
    }

    public static TheoryData<string> ExpiryDisturbances => ["overtaken", "lost answer", "unanswered"];

    [Theory]
    [MemberData(nameof(ExpiryDisturbances))]
    public async Task An_expiry_that_was_disturbed_is_done_once_and_right(string how)
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 3; i++)
            table = await table.NewTransaction().Replace([await WriteAsync(table, i, i + 1)]).CommitAsync(default);
        var disturbed = false;
        var interposed = new InterposedCatalog(Catalog, async (_, send) =>
        {
            if (disturbed)
                return await send();
            disturbed = true;
            if (how == "overtaken")
            {
                await AppendAsync(table, 50, 51);
                return await send();
            }

            if (how == "lost answer")
                await send();
            throw new CommitStateUnknownException("cut by the test");
        });

        var done = await new ExpireSnapshots(await interposed.LoadTableAsync(table.Identifier, default)) { OlderThan = Later }.ExecuteAsync(default);

        table = await table.RefreshAsync(default);
        Assert.Single(table.Metadata.Snapshots);
        Assert.Equal(how == "overtaken" ? 3 : 2, done.Snapshots.Count);
        Assert.Equal(2, done.DataFiles.Count);
        Assert.Equal(how == "overtaken" ? 2 : 1, (await ContentAsync(table)).Count);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task Orphans_are_found_and_removed_and_nothing_else()
    {
        var table = await NewTableAsync();
        for (var i = 0; i < 3; i++)
            table = await AppendAsync(table, i, i + 1);
        await Catalog.CommitTableAsync(
            new TableCommit(table.Identifier, [], [new SetSnapshotRef("tag", new SnapshotRef(table.Metadata.CurrentSnapshotId!.Value, "tag"))]), default);
        table = await table.RefreshAsync(default);

        // A file that its writer spells differently.
        var spelled = await WriteAsync(table, 7, 8);
        spelled = spelled with { FilePath = spelled.FilePath.StartsWith("s3://", StringComparison.Ordinal) ? "s3a" + spelled.FilePath[2..] : "file:" + spelled.FilePath["file://".Length..] };
        table = await table.NewTransaction().Append([spelled]).CommitAsync(default);
        var needed = await StoredFiles.ListAsync(table.IO, table.Location);
        string[] strays = [(await WriteAsync(table, 8, 9)).FilePath, $"{table.Location}/data/ü b+%20.parquet", $"{table.Location}/metadata/snap-1-1-x.avro"];
        foreach (var stray in strays[1..])
            await table.IO.WriteAsync(stray, new byte[10], default);

        var young = await new RemoveOrphanFiles(table).ExecuteAsync(default);
        Assert.Equal((0, 3, needed.Count + 3), (young.Orphans.Count, young.YoungFiles, young.ListedFiles));
        var action = new RemoveOrphanFiles(table) { OlderThan = Later };
        var dry = await action.DryRunAsync(default);
        var below = await new RemoveOrphanFiles(table) { OlderThan = Later, Location = $"{table.Location}/metadata/" }.DryRunAsync(default);
        var done = await action.ExecuteAsync(default);

        Assert.Equal(strays.Order(StringComparer.Ordinal), done.Orphans.Select(f => f.Location));
        Assert.Equal(dry.Orphans, done.Orphans);
        Assert.Equal([strays[2]], below.Orphans.Select(f => f.Location));
        Assert.Equal(done.Orphans.Sum(f => f.Size), done.FileSizeInBytes);
        Assert.Equal(needed.Order(), (await StoredFiles.ListAsync(table.IO, table.Location)).Order());
        Assert.Equal(4, (await ContentAsync(table)).Count);
        await Assert.ThrowsAsync<ValidationException>(() => new RemoveOrphanFiles(table) { Location = table.Location + "2" }.DryRunAsync(default));
    }

    [Fact]
    public async Task Orphans_are_not_searched_where_a_manifest_cannot_be_read()
    {
        var table = await NewTableAsync();
        table = await AppendAsync(table, 0, 1);
        table = await table.NewTransaction().Replace([await WriteAsync(table, 1, 2)]).CommitAsync(default);
        var list = table.Metadata.Snapshots[0].ManifestList!;
        var manifest = ManifestList.Read(await table.IO.ReadAsync(list, default), list)[0].ManifestPath;
        await table.IO.DeleteAsync([manifest], default);

        Assert.Equal(manifest, (await Assert.ThrowsAsync<FileMissingException>(() => new RemoveOrphanFiles(table) { OlderThan = Later }.ExecuteAsync(default))).Location);
        await Assert.ThrowsAsync<FileMissingException>(() => new ExpireSnapshots(table) { OlderThan = Later }.ExecuteAsync(default));
        await table.IO.WriteAsync(manifest, "not avro"u8.ToArray(), default);
        Assert.Equal(manifest, (await Assert.ThrowsAsync<CorruptFileException>(() => new RemoveOrphanFiles(table) { OlderThan = Later }.ExecuteAsync(default))).Location);
        Assert.Equal(2, (await table.RefreshAsync(default)).Metadata.Snapshots.Count);
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Delay(1);
    }
}
