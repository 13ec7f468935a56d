using System.Diagnostics;
using Floe.Lakehouse;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Xunit;
using static Floe.Lakehouse.Expressions.Expression;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>What scans leave out, and that the rest is right.</summary>
public sealed class ScanTests : IDisposable
{
    private static readonly NestedField[] s_fields =
    [
        new(1, "id", PrimitiveType.Long, true), new(2, "region", PrimitiveType.String, false), new(3, "at", PrimitiveType.Timestamp, false), new(4, "amount", PrimitiveType.Decimal(10, 2), false),
    ];

    private static readonly PartitionSpec s_byRegionAndDay = new(1, [new(2, 1000, "region", Transform.Identity), new(3, 1001, "at_day", Transform.Day)]);

    private readonly ScanTable table = new(new Schema(s_fields), s_byRegionAndDay);

    [Fact]
    public async Task Manifests_and_files_that_have_no_row_of_the_filter_are_left_out_and_counted()
    {
        using var root = new Activity("test").Start();
        var spans = new List<Activity>();
        using var listener = new ActivityListener { ShouldListenTo = s => s.Name == "Floe.Lakehouse", Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded, ActivityStopped = a => { if (a.TraceId == root.TraceId) spans.Add(a); } };
        ActivitySource.AddActivityListener(listener);
        table.Commit(Day("eu", 0, 0, 10), Day("us", 0, 10, 20));
        table.Commit(Day("eu", 1, 20, 30), Day("eu", 1, 30, 40));
        table.Commit(Day("eu", 2, 40, 50));

        var filter = And(Equal("region", "eu"), LessThan("at", new DateTime(2024, 1, 3)), GreaterThanOrEqual("id", 30));
        var plan = await table.Table.NewScan().Filter(filter).PlanAsync(default);

        Assert.Equal((30L, 1), (plan.Entries.Min(e => (long)SingleValue.Deserialize(PrimitiveType.Long, e.DataFile.LowerBounds![1])), plan.Entries.Count));
        Assert.Equal(new ScanMetrics(3, 1, 1, 2), plan.Metrics);
        Assert.Equal(Floe.Lakehouse.Expressions.Expression.AlwaysTrue, plan.Residual);
        var span = spans[^1];
        Assert.Equal((3, 1, 3, 1), (span.GetTagItem("floe.manifests"), span.GetTagItem("floe.manifests.skipped"), span.GetTagItem("floe.files.skipped"), span.GetTagItem("floe.files")));
        Assert.Equal("10|300", await table.QueryAsync(table.Table.NewScan().Filter(filter), "SELECT count(*), min(id) * 10 FROM {0}"));

        var part = await table.Table.NewScan().Filter(Equal("id", 35)).PlanAsync(default);
        Assert.Equal((1, part.Filter), (part.Entries.Count, part.Residual));
        Assert.Equal("35", await table.QueryAsync(table.Table.NewScan().Filter(Equal("id", 35)).Select("id")));
        Assert.Equal("", await table.QueryAsync(table.Table.NewScan().Filter(Equal("id", 500)).Select("id")));
    }

    [Fact]
    public async Task Columns_are_selected_in_the_given_order_and_the_filter_may_use_others()
    {
        table.Commit(Day("eu", 0, 0, 3), Day("us", 0, 3, 5));

        Assert.Equal("us|3\nus|4", await table.QueryAsync(table.Table.NewScan().Select("region", "id").Filter(And(GreaterThan("id", 1), NotEqual("region", "eu")))));
        Assert.Equal("2", await table.QueryAsync(table.Table.NewScan().Select("id").Filter(GreaterThan("id", 1)).Filter(Equal("amount", 2))));
        Assert.Contains("'none'", (await Assert.ThrowsAsync<ValidationException>(() => table.Table.NewScan().Select("none").PlanAsync(default))).Message);
        Assert.Contains("'id' twice", (await Assert.ThrowsAsync<ValidationException>(() => table.Table.NewScan().Select("id", "id").PlanAsync(default))).Message);
        Assert.Contains("no column", (await Assert.ThrowsAsync<ValidationException>(() => table.Table.NewScan().Select().PlanAsync(default))).Message);
        Assert.Contains("'none'", (await Assert.ThrowsAsync<ValidationException>(() => table.Table.NewScan().Filter(IsNull("none")).PlanAsync(default))).Message);
    }

    [Fact]
    public async Task Branches_are_read_with_the_current_schema_and_tags_with_their_own()
    {
        var first = table.Commit(Day("eu", 0, 0, 1));
        table.Evolve(s_fields[0], s_fields[1] with { Name = "area" }, s_fields[2], s_fields[3]);
        table.Metadata = table.Metadata with
        {
            Refs = new Dictionary<string, SnapshotRef> { ["old"] = new(first.SnapshotId, "tag"), ["work"] = new(first.SnapshotId, "branch") },
        };

        Assert.Equal("region", (await table.Table.NewScan().UseRef("old").PlanAsync(default)).Schema.Fields[1].Name);
        Assert.Equal("area", (await table.Table.NewScan().UseRef("work").PlanAsync(default)).Schema.Fields[1].Name);
        Assert.Equal("area", (await table.Table.NewScan().UseRef("main").PlanAsync(default)).Schema.Fields[1].Name);
        Assert.Equal("0|eu", await table.QueryAsync(table.Table.NewScan().UseRef("old").Filter(Equal("region", "eu")).Select("id", "region")));
        Assert.Equal("0|eu", await table.QueryAsync(table.Table.NewScan().UseRef("work").Filter(Equal("area", "eu")).Select("id", "area")));
        Assert.Equal("The table test.scanned has no branch or tag 'none'; it has old, work.", Assert.Throws<ValidationException>(() => table.Table.NewScan().UseRef("none")).Message);
    }

    [Fact]
    public async Task Files_of_older_partition_specs_are_pruned_by_their_own()
    {
        table.Commit(Day("eu", 0, 0, 2), Day("us", 0, 2, 4));
        table.Partition(new PartitionSpec(2, [new(1, 1002, "id_bucket", Transform.Bucket(4)), new(2, 1003, "region_first", Transform.Truncate(1))]));
        table.Commit([.. Enumerable.Range(4, 8).Select(i => table.Write(Rows("eu", 0, i, i + 1), [Transform.Bucket(4).Apply(PrimitiveType.Long, (long)i), "e"]))]);

        var plan = await table.Table.NewScan().Filter(And(Equal("id", 7), StartsWith("region", "eu"))).PlanAsync(default);

        Assert.Equal([7], plan.Entries.Select(e => (long)SingleValue.Deserialize(PrimitiveType.Long, e.DataFile.LowerBounds![1])));
        Assert.True(plan.Metrics.SkippedByPartition >= 4, plan.Metrics.ToString());
        Assert.Equal("3\n4", await table.QueryAsync(table.Table.NewScan().Filter(In("id", 3, 4)).Select("id")));
    }

    [Fact]
    public async Task A_widened_partition_column_is_pruned_by_values_of_both_types()
    {
        using var widened = new ScanTable(new Schema([new(1, "n", PrimitiveType.Int, false)]), new PartitionSpec(1, [new(1, 1000, "n", Transform.Identity)]));
        var before = widened.Commit(widened.Write("SELECT 5 AS n", [5]), widened.Write("SELECT 6 AS n", [6]));
        widened.Evolve(new NestedField(1, "n", PrimitiveType.Long, false));
        widened.Commit(widened.Write("SELECT 7::BIGINT AS n", [7L]));

        var plan = await widened.Table.NewScan().Filter(GreaterThan("n", 5)).PlanAsync(default);

        Assert.Equal([6L, 7L], plan.Entries.Select(e => e.DataFile.Partition[0]));
        Assert.Equal("6", await widened.QueryAsync(widened.Table.NewScan().UseSnapshot(before.SnapshotId).Filter(GreaterThan("n", 5))));
    }

    public void Dispose() => table.Dispose();

    private DataFile Day(string region, int day, int from, int to) =>
        table.Write(Rows(region, day, from, to), [region, new DateOnly(2024, 1, 1).DayNumber - 719162 + day]);

    private static string Rows(string region, int day, int from, int to) =>
        $"SELECT i::BIGINT AS id, '{region}' AS region, TIMESTAMP '2024-01-01' + INTERVAL ({day * 24} + i % 24) HOUR AS at, i::DECIMAL(10,2) AS amount FROM range({from}, {to}) t(i)";
}
