using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Maintenance;

/// <summary>The specification's retention policy, on histories written as text: 1 &lt;- 2 &lt;- 3 &lt;- 4 on main, 5 &lt;- 6 beside it from 2 on. A snapshot's id is its time.</summary>
public sealed class SnapshotRetentionTests
{
    private const long Now = 10;

    [Theory]
    [InlineData("", 0, 1, "", "")] // nothing is old enough
    [InlineData("", 99, 1, "", "1 2 3 5 6")] // the last stays whatever its age
    [InlineData("", 99, 3, "", "1 5 6")] // the last three of main stay
    [InlineData("", 3, 1, "", "1 2")] // by age alone
    [InlineData("tag:2", 99, 1, "", "1 3 5 6")] // a tag keeps its snapshot, not the history
    [InlineData("branch:6", 99, 1, "", "1 2 3 5")] // a branch keeps its last
    [InlineData("branch:6:keep=3", 99, 1, "", "1 3")] // its own count reaches into the shared history
    [InlineData("branch:6:age=5", 99, 1, "", "1 2 3")] // its own age: 5 is just young enough
    [InlineData("tag:2:ref=7", 99, 1, "x", "1 2 3 5 6")] // a reference that is too old goes, with its snapshot
    [InlineData("tag:2:ref=8", 99, 1, "", "1 3 5 6")]
    [InlineData("branch:6:ref=1", 3, 1, "x", "1 2 5 6")] // and with its history, young as it may be
    [InlineData("tag:77", 0, 1, "x", "")] // a reference to nothing goes
    public void Expired_is_what_no_reference_keeps(string reference, long expireBefore, int keepLast, string refs, string snapshots)
    {
        var expired = SnapshotRetention.Of(Table(reference, main: null), Now, expireBefore, keepLast, long.MaxValue);

        Assert.Equal(refs, string.Join(' ', expired.Refs));
        Assert.Equal(snapshots, string.Join(' ', expired.Snapshots.Select(s => s.SnapshotId)));
    }

    [Fact]
    public void Main_never_expires_and_has_settings_of_its_own()
    {
        var table = Table("", new SnapshotRef(4, "branch", MinSnapshotsToKeep: 2, MaxRefAgeMs: 1));

        var expired = SnapshotRetention.Of(table, Now, expireBefore: 99, keepLast: 1, maxRefAgeMs: 1);

        Assert.Empty(expired.Refs);
        Assert.Equal([1L, 2, 5, 6], expired.Snapshots.Select(s => s.SnapshotId));
    }

    [Fact]
    public void A_table_without_snapshots_has_nothing_to_expire()
    {
        var expired = SnapshotRetention.Of(Table("", null) with { Snapshots = [], CurrentSnapshotId = null, Refs = new Dictionary<string, SnapshotRef>() }, Now, 99, 1, 0);

        Assert.Empty(expired.Refs);
        Assert.Empty(expired.Snapshots);
    }

    private static TableMetadata Table(string reference, SnapshotRef? main)
    {
        var refs = new Dictionary<string, SnapshotRef> { ["main"] = main ?? new SnapshotRef(4, "branch") };
        if (reference.Split(':') is [var type, var id, .. var settings])
        {
            int? Setting(string name) => settings.FirstOrDefault(s => s.StartsWith(name + "=", StringComparison.Ordinal)) is { } s ? int.Parse(s.Split('=')[1]) : null;
            refs["x"] = new SnapshotRef(long.Parse(id), type, Setting("keep"), Setting("age"), Setting("ref"));
        }

        return new TableMetadata
        {
            FormatVersion = 2,
            TableUuid = Guid.NewGuid(),
            Location = "s3://b/t",
            LastUpdatedMs = Now,
            LastColumnId = 0,
            Schemas = [new Schema([])],
            CurrentSchemaId = 0,
            PartitionSpecs = [PartitionSpec.Unpartitioned],
            DefaultSpecId = 0,
            SortOrders = [SortOrder.Unsorted],
            CurrentSnapshotId = 4,
            Snapshots = [.. new (long Id, long? Parent)[] { (1, null), (2, 1), (3, 2), (4, 3), (5, 2), (6, 5) }.Select(s => new Snapshot { SnapshotId = s.Id, ParentSnapshotId = s.Parent, TimestampMs = s.Id })],
            Refs = refs,
        };
    }
}
