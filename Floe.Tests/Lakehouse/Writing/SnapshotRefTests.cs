using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Branches, tags, rollbacks.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class SnapshotRefTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Int, true)]);

    [Fact]
    public async Task Commits_to_a_branch_are_seen_on_main_when_main_is_moved_ahead()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id");
        var first = table.Metadata.CurrentSnapshotId!.Value;
        table = await table.NewTransaction().ManageSnapshots(m => m
            .CreateBranch("audit").SetMinSnapshotsToKeep("audit", 3).SetMaxSnapshotAge("audit", TimeSpan.FromDays(2)).SetMaxRefAge("audit", TimeSpan.FromDays(9))
            .CreateTag("v1").SetMaxRefAge("v1", TimeSpan.FromHours(1))).CommitAsync(default);
        Assert.Equal(new SnapshotRef(first, "branch", 3, 172_800_000, 777_600_000), table.Metadata.Refs["audit"]);
        Assert.Equal(new SnapshotRef(first, "tag", MaxRefAgeMs: 3_600_000), table.Metadata.Refs["v1"]);

        table = await table.NewTransaction().ToBranch("audit").Append(await lake.WriteAsync(table, "SELECT 2 AS id")).CommitAsync(default);
        table = await table.NewTransaction().ToBranch("fresh").Append(await lake.WriteAsync(table, "SELECT 3 AS id")).CommitAsync(default);
        Assert.Equal(first, table.Metadata.CurrentSnapshotId);
        Assert.Equal(["1"], await lake.RowsAsync(table, "id"));
        Assert.Equal(["1", "2"], await lake.RowsAsync(table, "id", table.Metadata.Refs["audit"].SnapshotId));
        Assert.Equal(["1", "3"], await lake.RowsAsync(table, "id", table.Metadata.Refs["fresh"].SnapshotId));
        Assert.Equal(3, table.Metadata.Refs["audit"].MinSnapshotsToKeep);

        table = await table.NewTransaction().ManageSnapshots(m => m.FastForwardBranch("main", "audit")).CommitAsync(default);
        Assert.Equal(["1", "2"], await lake.RowsAsync(table, "id"));
        Assert.Contains("not an ancestor", Assert.Throws<ValidationException>(() => table.NewTransaction().ManageSnapshots(m => m.FastForwardBranch("main", "fresh"))).Message);

        table = await table.NewTransaction().ManageSnapshots(m => m.RemoveTag("v1").RenameBranch("fresh", "old").ReplaceBranch("audit", first)).CommitAsync(default);
        Assert.Equal(["audit", "main", "old"], table.Metadata.Refs.Keys.Order());
        Assert.Equal(first, table.Metadata.Refs["audit"].SnapshotId);
        table = await table.NewTransaction().ManageSnapshots(m => m.RemoveBranch("audit").RemoveBranch("old")).CommitAsync(default);
        Assert.Equal(["main"], table.Metadata.Refs.Keys);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task The_table_goes_back_to_a_snapshot_or_time_and_on_from_there()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema);
        var snapshots = new List<Snapshot>();
        foreach (var id in new[] { 1, 2, 3 })
        {
            table = await lake.AppendAsync(table, $"SELECT {id} AS id");
            snapshots.Add(table.Metadata.CurrentSnapshot!);
        }

        table = await table.NewTransaction().ManageSnapshots(m => m.RollbackTo(snapshots[0].SnapshotId)).CommitAsync(default);
        Assert.Equal(["1"], await lake.RowsAsync(table, "id"));
        Assert.Throws<ValidationException>(() => table.NewTransaction().ManageSnapshots(m => m.RollbackTo(snapshots[2].SnapshotId)));
        table = await table.NewTransaction().ManageSnapshots(m => m.SetCurrentSnapshot(snapshots[2].SnapshotId)).CommitAsync(default);
        Assert.Equal(["1", "2", "3"], await lake.RowsAsync(table, "id"));
        table = await table.NewTransaction().ManageSnapshots(m => m.RollbackToTime(snapshots[1].Timestamp.AddMilliseconds(1))).CommitAsync(default);
        var back = table.Metadata.CurrentSnapshot!;
        Assert.Equal(snapshots.Last(s => s.TimestampMs <= snapshots[1].TimestampMs).SnapshotId, back.SnapshotId);
        Assert.Throws<ValidationException>(() => table.NewTransaction().ManageSnapshots(m => m.RollbackToTime(snapshots[0].Timestamp)));

        table = await table.NewTransaction().ManageSnapshots(m => m.SetCurrentSnapshot(snapshots[1].SnapshotId)).CommitAsync(default);
        table = await lake.AppendAsync(table, "SELECT 4 AS id");
        Assert.Equal(["1", "2", "4"], await lake.RowsAsync(table, "id"));
        Assert.Equal((4L, snapshots[1].SnapshotId, "3"), (table.Metadata.CurrentSnapshot!.SequenceNumber, table.Metadata.CurrentSnapshot.ParentSnapshotId!.Value, table.Metadata.CurrentSnapshot.Summary["total-records"]));
    }

    [Fact]
    public async Task Moves_that_were_overtaken_fail_and_commits_to_different_branches_do_not_disturb_each_other()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var start = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id");
        start = await lake.AppendAsync(start, "SELECT 2 AS id");
        start = await start.NewTransaction().ManageSnapshots(m => m.CreateBranch("b")).CommitAsync(default);

        var rollback = start.NewTransaction().ManageSnapshots(m => m.RollbackTo(start.Metadata.CurrentSnapshot!.ParentSnapshotId!.Value));
        var careful = start.NewTransaction().ToBranch("b").Append(await lake.WriteAsync(start, "SELECT 3 AS id")).ValidateFromSnapshot();
        await lake.AppendAsync(start, "SELECT 4 AS id");
        await Assert.ThrowsAsync<CommitFailedException>(() => rollback.CommitAsync(default));
        var table = await careful.CommitAsync(default);
        Assert.Equal(["1", "2", "3"], await lake.RowsAsync(table, "id", table.Metadata.Refs["b"].SnapshotId));
        Assert.Equal([1L, 2, 3, 4], table.Metadata.Snapshots.Select(s => s.SequenceNumber).Order());

        await table.NewTransaction().ManageSnapshots(m => m.CreateTag("t", table.Metadata.CurrentSnapshotId)).CommitAsync(default);
        await Assert.ThrowsAsync<CommitFailedException>(() => table.NewTransaction().ManageSnapshots(m => m.CreateTag("t", table.Metadata.Refs["b"].SnapshotId)).CommitAsync(default));
    }

    public static TheoryData<Action<ManageSnapshots>, string> Refused => new()
    {
        { m => m.CreateBranch("main"), "already has a branch 'main'" },
        { m => m.CreateTag("t", 5), "no snapshot 5" },
        { m => m.CreateTag(""), "must not be empty" },
        { m => m.RemoveBranch("main"), "main cannot be removed" },
        { m => m.RemoveTag("none"), "no tag 'none'" },
        { m => m.ReplaceTag("main", 5), "no snapshot 5" },
        { m => m.RemoveTag("main"), "main cannot be removed" },
        { m => m.SetMaxRefAge("main", TimeSpan.FromDays(1)), "main never expires" },
        { m => m.SetMinSnapshotsToKeep("main", 0), "above 0" },
        { m => m.CreateTag("t").SetMaxSnapshotAge("t", TimeSpan.FromDays(1)), "'t' is a tag, not a branch" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_a_reference_is_refused(Action<ManageSnapshots> edit, string says)
    {
        using var local = new LocalTable(s_schema);
        var snapshot = new Snapshot { SnapshotId = 7, TimestampMs = 1 };
        var metadata = local.Table.Metadata with { Snapshots = [snapshot], CurrentSnapshotId = 7, Refs = new Dictionary<string, SnapshotRef> { ["main"] = new(7, "branch") } };
        Assert.Contains(says, Assert.Throws<ValidationException>(() => edit(new ManageSnapshots(metadata, []))).Message);
    }
}
