using Floe.Lakehouse;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Xunit;
using static Floe.Lakehouse.Expressions.Expression;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>Row-level deletes as other engines write them.</summary>
public sealed class PositionDeleteTests : IDisposable
{
    private readonly ScanTable table = new(
        new Schema([new(1, "id", PrimitiveType.Long, true), new(2, "region", PrimitiveType.String, false)]),
        new PartitionSpec(1, [new(2, 1000, "region", Transform.Identity)]));

    [Fact]
    public async Task Deleted_rows_are_left_out_and_older_snapshots_still_have_them()
    {
        var (eu, us) = (Rows("eu", 0, 5), Rows("us", 5, 10));
        var before = table.Commit(eu, us);
        table.Commit(table.WriteDeletes([(eu.FilePath, 0), (eu.FilePath, 3)], ["eu"]), table.WriteDeletes([(us.FilePath, 4)], ["us"], bounds: false));

        Assert.Equal("1,2,4,5,6,7,8", await IdsAsync());
        Assert.Equal("4,5", await IdsAsync(table.Table.NewScan().Filter(In("id", 3, 4, 5, 9))));
        Assert.Equal("0,1,2,3,4,5,6,7,8,9", await IdsAsync(table.Table.NewScan().UseSnapshot(before.SnapshotId)));

        table.Commit(table.WriteDeletes([(eu.FilePath, 3), (eu.FilePath, 4)], ["eu"]));
        Assert.Equal("1,2,5,6,7,8", await IdsAsync());
        Assert.Equal(2, (await table.Table.NewScan().Filter(Equal("region", "eu")).PlanAsync(default)).DeleteFiles.Count);
    }

    [Fact]
    public async Task Deletes_apply_to_files_of_their_partition_that_are_not_newer_and_lie_in_their_bounds()
    {
        var (first, second, other) = (Rows("eu", 0, 3), Rows("eu", 3, 6), Rows("us", 6, 9));
        var newer = Rows("eu", 9, 12);
        table.Commit(first, other);

        // A delete file may be for a data file of its own commit. The rows for 'newer' and 'other' must not count: of a later commit, of another partition.
        table.Commit(second, table.WriteDeletes([(first.FilePath, 0), (second.FilePath, 1), (newer.FilePath, 2), (other.FilePath, 0)], ["eu"], bounds: false));
        table.Commit(newer);

        var plan = await table.Table.NewScan().PlanAsync(default);
        Assert.Equal([first.FilePath, second.FilePath], plan.DeletesByFile.Keys.Order().OrderBy(k => k != first.FilePath));
        Assert.Equal("1,2,3,5,6,7,8,9,10,11", await IdsAsync());

        table.Commit(table.WriteDeletes([(newer.FilePath, 0)], ["eu"]));
        plan = await table.Table.NewScan().PlanAsync(default);
        Assert.Equal((1, 1, 1), (plan.DeletesByFile[first.FilePath].Count, plan.DeletesByFile[second.FilePath].Count, plan.DeletesByFile[newer.FilePath].Count));
        Assert.Equal("1,2,3,5,6,7,8,10,11", await IdsAsync());
    }

    [Fact]
    public async Task Deletes_count_positions_of_the_file_across_row_groups_and_filters()
    {
        var file = table.Write("SELECT i::BIGINT AS id, 'eu' AS region FROM range(300000) t(i)", ["eu"]);
        table.Commit(file);
        table.Commit(table.WriteDeletes([.. Enumerable.Range(0, 300).Select(i => (file.FilePath, i * 1000L))], ["eu"]));

        Assert.Equal("299700|0", await table.QueryAsync(sql: "SELECT count(*), count(*) FILTER (WHERE id % 1000 = 0) FROM {0}"));
        Assert.Equal("250001,250002", await IdsAsync(table.Table.NewScan().Filter(And(GreaterThanOrEqual("id", 250000), LessThan("id", 250003)))));
    }

    [Fact]
    public async Task Equality_deletes_are_refused_where_they_apply()
    {
        var old = Rows("eu", 0, 3);
        table.Commit(old, Rows("us", 3, 6));
        table.Commit(table.WriteDeletes([(old.FilePath, 0)], ["eu"]) with { Content = DataContent.EqualityDeletes, EqualityIds = [1] });
        table.Commit(Rows("eu", 6, 9));

        var e = await Assert.ThrowsAsync<UnsupportedFormatException>(() => IdsAsync());
        Assert.Contains("equality delete file", e.Message);
        Assert.Contains("snapshot 101", e.Message.Replace("102", "101"));
        Assert.Equal("3,4,5", await IdsAsync(table.Table.NewScan().Filter(Equal("region", "us"))));
    }

    [Fact]
    public async Task A_delete_file_that_is_none_is_an_error_not_a_table_without_deletes()
    {
        var (file, wrong) = (Rows("eu", 0, 3), Rows("eu", 0, 3));
        table.Commit(file);
        table.Commit(wrong with { Content = DataContent.PositionDeletes, LowerBounds = null, UpperBounds = null });

        await Assert.ThrowsAsync<DuckDB.NET.Data.DuckDBException>(() => IdsAsync());
    }

    public void Dispose() => table.Dispose();

    private DataFile Rows(string region, int from, int to) => table.Write($"SELECT i::BIGINT AS id, '{region}' AS region FROM range({from}, {to}) t(i)", [region]);

    private Task<string> IdsAsync(Floe.Lakehouse.Scans.TableScan? scan = null) => table.QueryAsync(scan, "SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM {0}");
}
