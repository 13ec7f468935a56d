using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>Create, write, read: through the catalog and the store as a service does it.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class LakehouseTests(LakehouseFixture fixture)
{
    private const string Orders = """
        SELECT uuid() AS order_id, uuid() AS customer_id, CASE i % 3 WHEN 0 THEN 'pending' WHEN 1 THEN 'shipped' ELSE 'weiß' END AS status,
          (i * 1.25 - 100)::DECIMAL(14,2) AS total_amount, TIMESTAMPTZ '2024-01-01 00:00:00+00' + INTERVAL (i) MINUTE AS order_date,
          CASE WHEN i % 7 = 0 THEN NULL ELSE TIMESTAMPTZ '2024-01-02 00:00:00+00' + INTERVAL (i) MINUTE END AS shipped_date, TIMESTAMPTZ '2024-01-03 00:00:00+00' AS updated_at
        FROM range({0}, {1}) t(i)
        """;

    [SkippableFact]
    public async Task Appends_and_a_replacement_are_read_equal_by_floe_and_by_icebird_older_snapshots_too()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "orders");
        var table = await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders), properties: new Dictionary<string, string> { ["owner"] = "test" });
        Assert.Null(table.Metadata.CurrentSnapshot);
        Assert.True(Schema.FromContract(Shop.Orders).SameFields(table.Schema));
        Assert.Equal("test", table.Metadata.Properties["owner"]);

        (long From, long To)[] batches = [(0, 500), (500, 1500), (2000, 2100)];
        table = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, batches[0])).WithSummary("floe.batch", "1").CommitAsync(default);
        table = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, batches[1])).CommitAsync(default);
        table = await table.NewTransaction().Replace(await WriteAsync(lakehouse, table, db, batches[2])).CommitAsync(default);

        var snapshots = table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).ToList();
        Assert.Equal(["append", "append", "overwrite"], snapshots.Select(s => s.Operation));
        Assert.Equal([1L, 2, 3], snapshots.Select(s => s.SequenceNumber));
        Assert.Equal([null, snapshots[0].SnapshotId, snapshots[1].SnapshotId], snapshots.Select(s => s.ParentSnapshotId));
        Assert.Equal("1", snapshots[0].Summary["floe.batch"]);
        AssertSummary(snapshots[0], ("added-data-files", 1), ("added-records", 500), ("total-records", 500), ("total-data-files", 1), ("total-delete-files", 0), ("changed-partition-count", 1));
        AssertSummary(snapshots[1], ("added-records", 1000), ("total-records", 1500), ("total-data-files", 2), ("total-position-deletes", 0), ("total-equality-deletes", 0));
        AssertSummary(snapshots[2], ("added-records", 100), ("deleted-records", 1500), ("deleted-data-files", 2), ("total-records", 100), ("total-data-files", 1));

        // The truth by arithmetic, not by the code under test.
        long Count(params (long From, long To)[] of) => of.Sum(b => b.To - b.From);
        long Hundredths(params (long From, long To)[] of) => of.Sum(b => Enumerable.Range((int)b.From, (int)(b.To - b.From)).Sum(i => (i * 125L) - 10000));
        (long Rows, long Sum)[] expected =
        [
            (Count(batches[0]), Hundredths(batches[0])), (Count(batches[0], batches[1]), Hundredths(batches[0], batches[1])), (Count(batches[2]), Hundredths(batches[2])),
        ];
        foreach (var (snapshot, (rows, sum)) in snapshots.Zip(expected))
        {
            var from = await lakehouse.Scan.ToSqlAsync(table, snapshot.SnapshotId, default);
            Assert.Equal(rows, LocalTable.Scalar<long>(db, $"SELECT count(*) FROM {from}"));
            Assert.Equal(sum / 100m, LocalTable.Scalar<decimal>(db, $"SELECT sum(total_amount) FROM {from}"));
            Assert.Equal(rows, (await table.NewScan().UseSnapshot(snapshot.SnapshotId).PlanAsync(default)).RecordCount);
        }

        await StoredFiles.AssertNoneStrayAsync(table);
        var independent = await Icebird.ReadAsync(table, fixture.Minio, snapshots.Select(s => s.SnapshotId), "total_amount");
        Assert.Equal(expected, independent.Select(r => (r.Rows, r.Sums[0])));
    }

    [Fact]
    public async Task Several_queries_are_written_side_by_side_and_committed_together()
    {
        await using var lakehouse = fixture.Open();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "orders");
        var table = await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders));

        var files = await Task.WhenAll(Enumerable.Range(0, 4).Select(async i =>
        {
            using var db = LocalTable.Duck();
            return await WriteAsync(lakehouse, table, db, (i * 100, (i + 1) * 100));
        }));
        table = await table.NewTransaction().Append(files.SelectMany(f => f)).CommitAsync(default);

        Assert.Equal((4, 400), ((await table.NewScan().PlanAsync(default)).Entries.Count, (await table.NewScan().PlanAsync(default)).RecordCount));
    }

    [Fact]
    public async Task Appended_rows_are_read_alone_and_older_times_too()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "orders");
        var table = await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders), properties: new Dictionary<string, string> { ["commit.manifest.min-count-to-merge"] = "2" });
        var snapshots = new List<Floe.Lakehouse.Metadata.Snapshot>();
        foreach (var n in new[] { 1, 20, 300 })
        {
            table = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, (0, n))).CommitAsync(default);
            snapshots.Add(table.Metadata.CurrentSnapshot!);
        }

        async Task<long> Rows(TableScan scan) => LocalTable.Scalar<long>(db, $"SELECT count(*) FROM {await lakehouse.Scan.ToSqlAsync(await scan.PlanAsync(default), default)}");
        var scan = table.NewScan();
        Assert.Equal(321, await Rows(scan));
        Assert.Equal(320, await Rows(scan.AppendedAfter(snapshots[0].SnapshotId)));
        Assert.Equal(300, await Rows(scan.AppendedAfter(snapshots[1].SnapshotId)));
        Assert.Equal(0, await Rows(scan.AppendedAfter(snapshots[2].SnapshotId)));
        Assert.Equal(20, await Rows(scan.UseSnapshot(snapshots[1].SnapshotId).AppendedAfter(snapshots[0].SnapshotId)));
        Assert.Equal(21, await Rows(scan.AsOf(snapshots[1].Timestamp.AddTicks(1))));
        Assert.Throws<Floe.Lakehouse.ValidationException>(() => scan.AsOf(DateTimeOffset.UnixEpoch));
        await Assert.ThrowsAsync<Floe.Lakehouse.ValidationException>(() => scan.AppendedAfter(5).PlanAsync(default));
        await Assert.ThrowsAsync<Floe.Lakehouse.ValidationException>(() => scan.UseSnapshot(5).PlanAsync(default));

        table = await table.NewTransaction().Replace([]).CommitAsync(default);
        Assert.Equal(("delete", "0"), (table.Metadata.CurrentSnapshot!.Operation, table.Metadata.CurrentSnapshot.Summary["total-records"]));
        Assert.Equal(0, await Rows(table.NewScan()));
        await Assert.ThrowsAsync<Floe.Lakehouse.ValidationException>(() => table.NewScan().AppendedAfter(snapshots[0].SnapshotId).PlanAsync(default));
    }

    [Fact]
    public async Task Appended_rows_are_read_alone_over_compactions()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "orders");
        var table = await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders), properties: new Dictionary<string, string> { ["commit.manifest.min-count-to-merge"] = "2" });
        var appends = new List<long>();
        foreach (var n in new[] { 1, 20, 300, 4_000 })
        {
            if (n == 300)
                await new RewriteDataFiles(table, lakehouse.Scan, lakehouse.Writer) { MinInputFiles = 2 }.ExecuteAsync(default);
            if (n == 4_000)
                await new RewriteManifests(table).ExecuteAsync(default);
            table = await (await table.RefreshAsync(default)).NewTransaction().Append(await WriteAsync(lakehouse, table, db, (0, n))).CommitAsync(default);
            appends.Add(table.Metadata.CurrentSnapshotId!.Value);
        }

        Assert.Equal(["append", "append", "replace", "append", "replace", "append"], table.Metadata.Snapshots.Select(s => s.Operation));
        async Task<long> RowsAfter(long snapshot) =>
            LocalTable.Scalar<long>(db, $"SELECT count(*) FROM {await lakehouse.Scan.ToSqlAsync(await table.NewScan().AppendedAfter(snapshot).PlanAsync(default), default)}");
        for (var end = 0; end < 2; end++)
        {
            foreach (var (since, rows) in appends.Zip(new[] { 4_320L, 4_300L, 4_000L, 0L }))
                Assert.Equal(rows, await RowsAfter(since));
            // From a compaction on: only what came after it.
            Assert.Equal(4_300, await RowsAfter(table.Metadata.Snapshots[2].SnapshotId));
            await new RewriteDataFiles(table, lakehouse.Scan, lakehouse.Writer) { MinInputFiles = 2 }.ExecuteAsync(default);
            table = await table.RefreshAsync(default);
        }
    }

    [Fact]
    public async Task Writing_committing_and_planning_are_traced_with_their_storage_calls_below()
    {
        using var root = new Activity("test").Start();
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Floe.Lakehouse" or "System.Net.Http",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "orders");
        var table = await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders));
        table = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, (0, 7))).CommitAsync(default);
        await table.NewScan().PlanAsync(default);

        var own = spans.Where(s => s.TraceId == root.TraceId).ToList();
        foreach (var name in new[] { "parquet.write", "iceberg.commit", "iceberg.plan" })
        {
            var span = Assert.Single(own, s => s.OperationName == name);
            Assert.Equal((id.ToString(), 7L), (span.GetTagItem("floe.table"), span.GetTagItem("floe.rows")));
            Assert.True(span.GetTagItem("floe.bytes") is > 0L);
            Assert.Contains(own, s => s.Source.Name == "System.Net.Http" && s.ParentSpanId == span.SpanId);
        }

        Assert.Equal(table.Metadata.CurrentSnapshotId.ToString(), own.Single(s => s.OperationName == "iceberg.commit").GetTagItem("floe.snapshot_id")?.ToString());
    }

    [Fact]
    public async Task A_commit_given_up_leaves_nothing()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var table = await lakehouse.Catalog.CreateTableAsync(new(await fixture.NewNamespaceAsync(), "orders"), Schema.FromContract(Shop.Orders));
        var commit = await table.NewTransaction().Append(await WriteAsync(lakehouse, table, db, (0, 5))).PrepareAsync(default);

        await commit.DiscardAsync();

        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task A_schema_change_keeps_old_rows_readable_by_both_schemas()
    {
        await using var lakehouse = fixture.Open();
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "model");
        const string Before = "SELECT 1::INTEGER AS a, 'x' AS gone";
        var table = await lakehouse.Catalog.CreateTableAsync(id, await SchemaFromQuery.DescribeAsync(db, Before));
        table = await table.NewTransaction().Append(await lakehouse.Writer.WriteAsync(table, db, Before, default)).CommitAsync(default);
        var first = table.Metadata.CurrentSnapshotId;

        const string After = "SELECT 2::BIGINT AS a, DATE '2024-01-01' AS added";
        var schema = await SchemaFromQuery.DescribeAsync(db, After, table.Schema, table.Metadata.LastColumnId);
        var files = await lakehouse.Writer.WriteAsync(table, schema, db, After, default);
        table = await table.NewTransaction().UpdateSchema(schema).Append(files).CommitAsync(default);

        Assert.Equal([(1, "a", "long"), (3, "added", "date")], table.Schema.Fields.Select(f => (f.Id, f.Name, f.Type.ToString())));
        Assert.Equal(table.Metadata.CurrentSchemaId, table.Metadata.CurrentSnapshot!.SchemaId);
        Assert.Equal("1/NULL,2/2024-01-01", Rows(db, "a || '/' || coalesce(added::VARCHAR, 'NULL')", await lakehouse.Scan.ToSqlAsync(table, null, default)));
        Assert.Equal("1/x", Rows(db, "a || '/' || gone", await lakehouse.Scan.ToSqlAsync(table, first, default)));

        // The same schema again is no change.
        table = await table.NewTransaction().UpdateSchema(schema).Replace(await lakehouse.Writer.WriteAsync(table, db, After, default)).CommitAsync(default);
        Assert.Equal(2, table.Metadata.Schemas.Count);
    }

    [Fact]
    public async Task Loading_an_unchanged_table_costs_no_new_metadata()
    {
        var statuses = new List<int>();
        await using var writing = fixture.Open();
        await using var polling = fixture.Open(between: new FaultHandler(async (request, send) =>
        {
            var response = await send();
            if (request.RequestUri!.AbsolutePath.EndsWith("/tables/polled", StringComparison.Ordinal))
                statuses.Add((int)response.StatusCode);
            return response;
        }));
        using var db = LocalTable.Duck();
        var id = new TableIdentifier(await fixture.NewNamespaceAsync(), "polled");
        var table = await writing.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Orders));

        var first = await polling.Catalog.LoadTableAsync(id, default);
        var second = await polling.Catalog.LoadTableAsync(id, default);
        await table.NewTransaction().Append(await WriteAsync(writing, table, db, (0, 10))).CommitAsync(default);
        var third = await polling.Catalog.LoadTableAsync(id, default);

        Assert.Same(first, second);
        Assert.Equal([200, 304, 200], statuses);
        Assert.Equal("10", third.Metadata.CurrentSnapshot!.Summary["total-records"]);
    }

    [Fact]
    public async Task Names_are_listed_and_tables_dropped()
    {
        await using var lakehouse = fixture.Open();
        var ns = await fixture.NewNamespaceAsync();
        TableIdentifier[] ids = [new(ns, "a"), new(ns, "b c")];
        foreach (var id in ids)
            await lakehouse.Catalog.CreateTableAsync(id, Schema.FromContract(Shop.Products));

        Assert.Contains(ns, await lakehouse.Catalog.ListNamespacesAsync(default));
        Assert.Equal(ids, (await lakehouse.Catalog.ListTablesAsync(ns, default)).OrderBy(t => t.Name));
        Assert.True(await lakehouse.Catalog.TableExistsAsync(ids[1], default));

        await lakehouse.Catalog.DropTableAsync(ids[1], purge: false, default);

        Assert.False(await lakehouse.Catalog.TableExistsAsync(ids[1], default));
        await Assert.ThrowsAsync<NoSuchTableException>(() => lakehouse.Catalog.LoadTableAsync(ids[1], default));
        Assert.Equal([ids[0]], await lakehouse.Catalog.ListTablesAsync(ns, default));
    }

    [Fact]
    public async Task Refusals_are_typed_and_hold_no_secret()
    {
        await using var lakehouse = fixture.Open();
        var ns = await fixture.NewNamespaceAsync();
        var schema = Schema.FromContract(Shop.Products);
        await lakehouse.Catalog.CreateTableAsync(new(ns, "t"), schema);

        await Assert.ThrowsAsync<AlreadyExistsException>(() => lakehouse.Catalog.CreateTableAsync(new(ns, "t"), schema));
        await Assert.ThrowsAsync<AlreadyExistsException>(() => lakehouse.Catalog.CreateNamespaceAsync(ns, default));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => lakehouse.Catalog.CreateTableAsync(new("nowhere", "t"), schema));
        await Assert.ThrowsAsync<NoSuchNamespaceException>(() => lakehouse.Catalog.ListTablesAsync("nowhere", default));
        await Assert.ThrowsAsync<NoSuchTableException>(() => lakehouse.Catalog.LoadTableAsync(new(ns, "none"), default));
        await Assert.ThrowsAsync<NoSuchTableException>(() => lakehouse.Catalog.DropTableAsync(new(ns, "none"), false, default));

        await using var wrong = fixture.Open(secret: "not-the-secret-at-all");
        var e = await Assert.ThrowsAsync<NotAuthorizedException>(() => wrong.Catalog.ListNamespacesAsync(default));
        Assert.DoesNotContain("not-the-secret-at-all", e.ToString());
    }

    private static void AssertSummary(Floe.Lakehouse.Metadata.Snapshot snapshot, params (string Key, long Value)[] expected) =>
        Assert.Equal(expected, expected.Select(p => (p.Key, long.Parse(snapshot.Summary.GetValueOrDefault(p.Key, "-1"), CultureInfo.InvariantCulture))));

    private static Task<IReadOnlyList<Floe.Lakehouse.Manifests.DataFile>> WriteAsync(LakehouseFixture.Lakehouse lakehouse, Table table, DuckDBConnection db, (long From, long To) range) =>
        lakehouse.Writer.WriteAsync(table, db, string.Format(CultureInfo.InvariantCulture, Orders, range.From, range.To), default);

    private static string Rows(DuckDBConnection db, string expression, string from) =>
        LocalTable.Scalar<string>(db, $"SELECT string_agg(r, ',' ORDER BY r) FROM (SELECT {expression} AS r FROM {from})");
}
