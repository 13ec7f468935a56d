using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Schemas;
using Floe.Tests.Minio;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

[Collection(LakehouseCollection.Name)]
public sealed class CopyOnWriteTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new([new(1, "id", PrimitiveType.Long, true), new(2, "s", PrimitiveType.String, false), new(3, "amount", PrimitiveType.Decimal(12, 2), false)]);
    private const string Rows = "SELECT i AS id, CASE WHEN i % 5 = 0 THEN NULL ELSE chr(97 + (i % 7)::INTEGER) END AS s, (i * 1.5)::DECIMAL(12,2) AS amount FROM range({0}, {1}) t(i)";

    [SkippableFact]
    public async Task Only_files_that_may_have_a_row_are_read_and_whole_ones_are_dropped_unread()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema);
        foreach (var n in new[] { 0, 1, 2, 3 })
            table = await lake.AppendAsync(table, string.Format(System.Globalization.CultureInfo.InvariantCulture, Rows, n * 1000, (n + 1) * 1000));
        var before = (await table.NewScan().PlanAsync(default)).Entries.OrderBy(e => e.SequenceNumber).ToList();

        // The first file goes as a whole, the second in part, the others stay: of these only the second may be read.
        await lake.Lakehouse.IO.DeleteAsync([before[0].DataFile.FilePath, before[3].DataFile.FilePath], default);
        var change = await CopyOnWrite(lake).DeleteAsync(table.NewTransaction(), lake.Db, Expression.LessThan("id", 1200));
        table = await change.WithSummary("why", "test").CommitAsync(default);

        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(("overwrite", "2", "2000", "1", "800", "2800", "test"), (summary["operation"], summary["deleted-data-files"], summary["deleted-records"], summary["added-data-files"], summary["added-records"], summary["total-records"], summary["why"]));
        var entries = (await table.NewScan().PlanAsync(default)).Entries;
        Assert.Equal(before.Skip(2).Select(e => (e.DataFile.FilePath, e.SequenceNumber)), entries.Where(e => e.SequenceNumber < 5).OrderBy(e => e.SequenceNumber).Select(e => (e.DataFile.FilePath, e.SequenceNumber)));
        var rewritten = Assert.Single(entries, e => e.SequenceNumber == 5);
        var path = $"{Path.GetTempPath()}/{Guid.NewGuid():N}.parquet";
        await lake.Lakehouse.IO.DownloadAsync(rewritten.DataFile.FilePath, path, default);
        Assert.Equal(0, LocalTable.Scalar<long>(lake.Db, $"SELECT count(*) FROM read_parquet('{path}', file_row_number = true) WHERE id <> file_row_number + 1200"));
        File.Delete(path);

        var location = table.MetadataLocation;
        table = await (await CopyOnWrite(lake).DeleteAsync(table.NewTransaction(), lake.Db, Expression.Equal("s", "zzz"))).CommitAsync(default);
        Assert.Equal(location, table.MetadataLocation);
    }

    [SkippableFact]
    public async Task Rows_that_are_unknown_to_the_filter_stay_and_overwritten_ones_are_replaced()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), string.Format(System.Globalization.CultureInfo.InvariantCulture, Rows, 0, 100));
        table = await (await CopyOnWrite(lake).OverwriteAsync(table.NewTransaction(), lake.Db, Expression.NotEqual("s", "b"), "SELECT -1 AS id, 'new' AS s, 0.25::DECIMAL(12,2) AS amount")).CommitAsync(default);
        var second = table.Metadata.CurrentSnapshotId!.Value;

        LocalTable.Execute(lake.Db, $"CREATE TABLE model AS {string.Format(System.Globalization.CultureInfo.InvariantCulture, Rows, 0, 100)}");
        LocalTable.Execute(lake.Db, "DELETE FROM model WHERE s <> 'b'; INSERT INTO model VALUES (-1, 'new', 0.25)");
        Assert.Equal(LocalTable.Scalar<string>(lake.Db, "SELECT string_agg(id || coalesce(s, '-') || amount, ',' ORDER BY id::VARCHAR) FROM model"), string.Join(",", (await lake.RowsAsync(table, "id || '|' || coalesce(s, '-') || amount")).OrderBy(r => r.Split('|')[0], StringComparer.Ordinal).Select(r => r.Replace("|", ""))));

        // All rows of a branch go, main keeps them.
        table = await (await CopyOnWrite(lake).DeleteAsync(table.NewTransaction().ToBranch("b"), lake.Db, Expression.AlwaysTrue)).CommitAsync(default);
        Assert.Equal((second, "delete", "0"), (table.Metadata.CurrentSnapshotId!.Value, table.Metadata.SnapshotById(table.Metadata.Refs["b"].SnapshotId).Operation, table.Metadata.SnapshotById(table.Metadata.Refs["b"].SnapshotId).Summary["total-records"]));
        var independent = await Icebird.ReadAsync(table, fixture.Minio, [second], "amount");
        Assert.Equal(LocalTable.Scalar<long>(lake.Db, "SELECT count(*) FROM model"), independent[0].Rows);
        Assert.Equal(LocalTable.Scalar<long>(lake.Db, "SELECT (sum(amount) * 100)::BIGINT FROM model"), independent[0].Sums[0]);
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task A_delete_given_up_halfway_leaves_no_files()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.AppendAsync(await lake.CreateAsync(s_schema), "SELECT 1 AS id, 'a' AS s");
        table = await lake.AppendAsync(table, "SELECT 2 AS id, 'a' AS s UNION ALL SELECT 3, 'b'");
        var stored = await StoredFiles.ListAsync(lake.Lakehouse.IO, table.Location);

        await Assert.ThrowsAsync<ValidationException>(() => CopyOnWrite(lake).OverwriteAsync(table.NewTransaction(), lake.Db, Expression.Equal("s", "b"), "SELECT 'no number' AS id"));
        await Assert.ThrowsAsync<ValidationException>(() => CopyOnWrite(lake).DeleteAsync(table.NewTransaction(), lake.Db, Expression.Equal("none", 1)));

        Assert.Equal(stored.Order(), (await StoredFiles.ListAsync(lake.Lakehouse.IO, table.Location)).Order());
    }

    [Fact]
    public async Task A_replaced_table_keeps_uuid_history_and_ids_of_columns_of_the_same_name()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var id = new TableIdentifier(lake.Namespace, "t");
        var spec = new PartitionSpec(0, [new(2, 1000, "s", Transform.Identity)]);
        var table = await lake.Catalog.CreateOrReplaceTableAsync(id, s_schema, spec, new ReplaceSortOrder(s_schema).Asc("id").Apply(), new Dictionary<string, string> { ["a"] = "1", ["b"] = "2" });
        Assert.Equal((1, 0), (table.Metadata.DefaultSortOrderId, table.Metadata.DefaultSpecId));
        table = await lake.AppendAsync(table, "SELECT 1 AS id, 'x' AS s");
        var (uuid, first) = (table.Metadata.TableUuid, table.Metadata.CurrentSnapshotId!.Value);
        table = await table.NewTransaction().ManageSnapshots(m => m.CreateTag("keep")).CommitAsync(default);

        var other = new Schema([new(1, "day", PrimitiveType.Date, false), new(2, "amount", PrimitiveType.Decimal(12, 2), false), new(3, "id", PrimitiveType.String, false)]);
        table = await lake.Catalog.CreateOrReplaceTableAsync(id, other, new PartitionSpec(0, [new(1, 1000, "day_month", Transform.Month)]), properties: new Dictionary<string, string> { ["a"] = "3" });

        Assert.Equal((uuid, null, "3", "2"), (table.Metadata.TableUuid, table.Metadata.CurrentSnapshotId, table.Metadata.Properties["a"], table.Metadata.Properties["b"]));
        Assert.Equal(["day 4", "amount 3", "id 1"], table.Schema.Fields.Select(f => $"{f.Name} {f.Id}"));
        Assert.Equal(["day_month 1001 4"], table.Metadata.PartitionSpec.Fields.Select(f => $"{f.Name} {f.FieldId} {f.SourceId}"));
        Assert.Equal((0, 1), (table.Metadata.DefaultSortOrderId, table.Metadata.Snapshots.Count));
        Assert.Equal(first, table.Metadata.Refs["keep"].SnapshotId);
        Assert.Equal(["1x"], await lake.RowsAsync(table, "id || s", first));

        table = await lake.AppendAsync(table, "SELECT 'q' AS id, DATE '2024-02-03' AS day");
        Assert.Equal(["q2024-02-03"], await lake.RowsAsync(table, "id || day"));
        table = await lake.Catalog.CreateOrReplaceTableAsync(id, s_schema, spec);
        Assert.Equal(["id 1", "s 5", "amount 3"], table.Schema.Fields.Select(f => $"{f.Name} {f.Id}"));
        Assert.Equal((5, 1002), (table.Metadata.PartitionSpec.Fields[0].SourceId, table.Metadata.PartitionSpec.Fields[0].FieldId));
    }

    private static CopyOnWrite CopyOnWrite(Lake lake) => new(lake.Lakehouse.Writer, lake.Lakehouse.Scan);
}
