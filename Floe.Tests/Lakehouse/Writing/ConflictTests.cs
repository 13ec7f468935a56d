using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Two writers: one begins, the other commits, the first commits. Either the table is as if they had come one after the other, or the first
/// fails and the table is as the second left it.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class ConflictTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Int, true), new(2, "region", PrimitiveType.String, true)]);
    private static readonly (int Id, string Region)[] s_start = [(1, "a"), (2, "a"), (3, "a"), (4, "b")];

    /// <summary>What a writer does to the rows, and how it puts that into a transaction.</summary>
    private sealed record Change(Func<IEnumerable<(int Id, string Region)>, IEnumerable<(int, string)>> OnRows, Func<Lake, Table, Task<Transaction>> Begin);

    private static readonly Dictionary<string, Change> s_changes = new()
    {
        ["append 10a"] = Append(10, "a"),
        ["append 1a"] = Append(1, "a"),
        ["append 10b"] = Append(10, "b"),
        ["replace partition a"] = new(rows => rows.Where(r => r.Region != "a").Append((20, "a")), async (lake, t) => t.NewTransaction().ReplacePartitions(await lake.WriteAsync(t, "SELECT 20 AS id, 'a' AS region"))),
        ["delete a"] = Delete(Expression.Equal("region", "a"), r => r.Region == "a"),
        ["delete 2"] = Delete(Expression.Equal("id", 2), r => r.Id == 2),
        ["delete 1"] = Delete(Expression.Equal("id", 1), r => r.Id == 1),
        ["delete 99"] = Delete(Expression.Equal("id", 99), r => r.Id == 99),
        ["overwrite b"] = new(
            rows => rows.Where(r => r.Region != "b").Append((30, "b")),
            (lake, t) => CopyOnWrite(lake).OverwriteAsync(t.NewTransaction(), lake.Db, Expression.Equal("region", "b"), "SELECT 30 AS id, 'b' AS region")),
        ["replace all"] = new(_ => [(40, "c")], async (lake, t) => t.NewTransaction().Replace(await lake.WriteAsync(t, "SELECT 40 AS id, 'c' AS region"))),
        ["new column"] = new(rows => rows, (_, t) => Task.FromResult(t.NewTransaction().UpdateSchema(u => u.AddColumn("x", PrimitiveType.Int)))),
    };

    /// <summary>What begins, and the others of which it does not survive a commit.</summary>
    public static TheoryData<string, string[]> Firsts
    {
        get
        {
            string[] all = [.. s_changes.Keys];
            var refused = new Dictionary<string, string[]>
            {
                ["append 10a"] = [],
                ["append 1a"] = [],
                ["append 10b"] = [],
                ["replace partition a"] = ["append 10a", "append 1a", "replace partition a", "delete a", "delete 2", "delete 1", "replace all"],
                ["delete a"] = ["append 10a", "append 1a", "replace partition a", "delete a", "delete 2", "delete 1", "replace all"],
                ["delete 2"] = ["replace partition a", "delete a", "delete 2", "delete 1", "replace all"],
                ["delete 1"] = ["append 1a", "replace partition a", "delete a", "delete 2", "delete 1", "replace all"],
                ["delete 99"] = [],
                ["overwrite b"] = ["append 10b", "overwrite b", "replace all"],
                ["replace all"] = [.. all.Except(["new column", "delete 99"])],
                ["new column"] = [],
            };
            var firsts = new TheoryData<string, string[]>();
            foreach (var first in all)
                firsts.Add(first, refused[first]);
            return firsts;
        }
    }

    [Theory]
    [MemberData(nameof(Firsts))]
    public async Task The_first_applies_after_the_second_or_fails(string first, string[] refused)
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var number = 0;
        foreach (var second in s_changes.Keys)
        {
            try
            {
                await PairAsync(lake, $"t{number++}", first, second, !refused.Contains(second));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"first '{first}', second '{second}': {e.Message}", e);
            }
        }
    }

    private static async Task PairAsync(Lake lake, string name, string first, string second, bool applies)
    {
        var start = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "region", Transform.Identity)]), name, ("commit.retry.num-retries", "3"));
        start = await lake.AppendAsync(start, $"SELECT * FROM (VALUES {string.Join(", ", s_start.Select(r => $"({r.Id}, '{r.Region}')"))}) AS t(id, region)");
        var (mine, other) = (s_changes[first], s_changes[second]);

        var begun = await mine.Begin(lake, start);
        var after = await (await other.Begin(lake, start)).CommitAsync(default);
        var expected = other.OnRows(s_start);
        if (applies)
        {
            after = await begun.CommitAsync(default);
            expected = mine.OnRows(expected);
        }
        else
        {
            var e = await Assert.ThrowsAsync<CommitFailedException>(() => begun.CommitAsync(default));
            Assert.Contains(start.Identifier.ToString(), e.Message);
        }

        after = await after.RefreshAsync(default);
        Assert.Equal(expected.Order().Select(r => $"{r.Item1}{r.Item2}"), (await lake.RowsAsync(after, "id || region")).OrderBy(r => int.Parse(r[..^1])).ThenBy(r => r));
        await StoredFiles.AssertNoneStrayAsync(after);
    }

    [Fact]
    public async Task Under_snapshot_isolation_rows_added_meanwhile_stay()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var start = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id, 'a' AS region UNION ALL SELECT 2, 'b'");
        var delete = await CopyOnWrite(lake).DeleteAsync(start.NewTransaction(), lake.Db, Expression.Equal("region", "a"), Isolation.Snapshot);
        await lake.AppendAsync(start, "SELECT 3 AS id, 'a' AS region");

        Assert.Equal(["2b", "3a"], await lake.RowsAsync(await delete.CommitAsync(default), "id || region"));
    }

    [Fact]
    public async Task Compaction_in_the_way_of_a_rewrite_is_a_conflict_and_of_a_replaced_partition_is_not()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var start = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "region", Transform.Identity)]));
        foreach (var id in new[] { 1, 2, 3 })
            start = await lake.AppendAsync(start, $"SELECT {id} AS id, 'a' AS region");
        var delete = await CopyOnWrite(lake).DeleteAsync(start.NewTransaction(), lake.Db, Expression.Equal("id", 1));
        var replace = await s_changes["replace partition a"].Begin(lake, start);
        await new RewriteDataFiles(start, lake.Lakehouse.Scan, lake.Lakehouse.Writer) { MinInputFiles = 2 }.ExecuteAsync(default);

        await Assert.ThrowsAsync<CommitFailedException>(() => delete.CommitAsync(default));
        var table = await replace.CommitAsync(default);
        Assert.Equal(["20a"], await lake.RowsAsync(table, "id || region"));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task A_table_rolled_back_meanwhile_is_a_conflict_for_who_removes_files()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var start = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id, 'a' AS region");
        var first = start.Metadata.CurrentSnapshotId!.Value;
        start = await lake.AppendAsync(start, "SELECT 2 AS id, 'a' AS region");
        var delete = await CopyOnWrite(lake).DeleteAsync(start.NewTransaction(), lake.Db, Expression.Equal("id", 1));
        await start.NewTransaction().ManageSnapshots(m => m.RollbackTo(first)).CommitAsync(default);

        Assert.Contains("rolled back", (await Assert.ThrowsAsync<CommitFailedException>(() => delete.CommitAsync(default))).Message);
        Assert.Equal(["1"], await lake.RowsAsync(await start.RefreshAsync(default), "id"));
    }

    private static CopyOnWrite CopyOnWrite(Lake lake) => new(lake.Lakehouse.Writer, lake.Lakehouse.Scan);

    private static Change Append(int id, string region) => new(
        rows => rows.Append((id, region)),
        async (lake, t) => t.NewTransaction().Append(await lake.WriteAsync(t, $"SELECT {id} AS id, '{region}' AS region")));

    private static Change Delete(Expression filter, Func<(int Id, string Region), bool> matches) => new(
        rows => rows.Where(r => !matches(r)),
        (lake, t) => CopyOnWrite(lake).DeleteAsync(t.NewTransaction(), lake.Db, filter));
}
