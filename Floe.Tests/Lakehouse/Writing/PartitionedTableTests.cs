using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Partitioned tables in the store, read by Floe and by icebird (which does not know Avro's fixed, so no partitions by decimals or uuids there).</summary>
[Collection(LakehouseCollection.Name)]
public sealed class PartitionedTableTests(LakehouseFixture fixture)
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Long, true), new(2, "region", PrimitiveType.String, false), new(3, "at", PrimitiveType.TimestampTz, false), new(4, "amount", PrimitiveType.Decimal(12, 2), false),
    ]);

    private const string Rows = """
        SELECT i AS id, CASE i % 4 WHEN 0 THEN 'EMEA' WHEN 1 THEN 'a/b c=ü+%' WHEN 2 THEN NULL ELSE '' END AS region, TIMESTAMPTZ '1969-12-20 00:00:00+00' + INTERVAL (i) DAY AS at, (i * 1.25)::DECIMAL(12,2) AS amount
        FROM range({0}, {1}) t(i)
        """;

    [SkippableFact]
    public async Task Every_transform_is_read_equal_by_icebird_while_the_spec_changes()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "region", Transform.Identity), new(3, 1001, "at_month", Transform.Month)]));
        Action<UpdatePartitionSpec>[] specs =
        [
            u => u.RemoveField("at_month").AddField("at", Transform.Day),
            u => u.RemoveField("region").RemoveField("at_day").AddField("id", Transform.Bucket(3)).AddField("id", Transform.Truncate(5)),
            u => u.RemoveField("id_bucket_3").RemoveField("id_trunc_5").AddField("region", Transform.Truncate(2)).AddField("at", Transform.Year),
            u => u.RemoveField("region_trunc_2").RemoveField("at_year").AddField("at", Transform.Hour).AddField("region", Transform.Void, "nothing"),
        ];
        var expected = new List<(long, long)>();
        for (var n = 0; n <= specs.Length; n++)
        {
            if (n > 0)
                table = await table.NewTransaction().UpdateSpec(specs[n - 1]).CommitAsync(default);
            var files = await lake.WriteAsync(table, string.Format(System.Globalization.CultureInfo.InvariantCulture, Rows, n * 20, (n + 1) * 20));
            table = await table.NewTransaction().Append(files).CommitAsync(default);
            Assert.Equal($"{files.Count}", table.Metadata.CurrentSnapshot!.Summary["changed-partition-count"]);
            expected.Add(((n + 1) * 20, Enumerable.Range(0, (n + 1) * 20).Sum(i => i * 125L)));
            Assert.Equal((n + 1) * 20, (await lake.RowsAsync(table, "id")).Distinct().Count());
        }

        await StoredFiles.AssertNoneStrayAsync(table);
        var independent = await Icebird.ReadAsync(table, fixture.Minio, table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).Select(s => s.SnapshotId), "amount");
        Assert.Equal(expected, independent.Select(r => (r.Rows, r.Sums[0])));
    }

    [Fact]
    public async Task A_partition_that_is_replaced_leaves_the_others_as_they_are()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "region", Transform.Identity)]), properties: ("commit.manifest.min-count-to-merge", "2"));
        table = await lake.AppendAsync(table, "SELECT 1 AS id, 'a' AS region UNION ALL SELECT 2, 'b' UNION ALL SELECT 3, NULL");
        table = await lake.AppendAsync(table, "SELECT 4 AS id, 'a' AS region UNION ALL SELECT 5, NULL");
        var before = (await table.NewScan().PlanAsync(default)).Entries.ToDictionary(e => e.DataFile.FilePath);

        table = await table.NewTransaction().ReplacePartitions(await lake.WriteAsync(table, "SELECT 6 AS id, 'a' AS region UNION ALL SELECT 7, 'c'")).CommitAsync(default);

        Assert.Equal(["2b", "3-", "5-", "6a", "7c"], await lake.RowsAsync(table, "id || coalesce(region, '-')"));
        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal(("overwrite", "2", "2", "2", "5", "2"), (summary["operation"], summary["added-records"], summary["deleted-records"], summary["deleted-data-files"], summary["total-records"], summary["changed-partition-count"]));
        foreach (var entry in (await table.NewScan().PlanAsync(default)).Entries.Where(e => before.ContainsKey(e.DataFile.FilePath)))
            Assert.Equal((before[entry.DataFile.FilePath].SequenceNumber, before[entry.DataFile.FilePath].SnapshotId), (entry.SequenceNumber, entry.SnapshotId));

        table = await table.NewTransaction().ReplacePartitions(await lake.WriteAsync(table, "SELECT 8 AS id, NULL::VARCHAR AS region")).CommitAsync(default);
        Assert.Equal(["2b", "6a", "7c", "8-"], await lake.RowsAsync(table, "id || coalesce(region, '-')"));
        await StoredFiles.AssertNoneStrayAsync(table);
    }

    [Fact]
    public async Task The_summary_says_what_changed_in_each_partition_where_the_table_wants_it()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(2, 1000, "region", Transform.Identity)]), properties: ("write.summary.partition-limit", "2"));
        table = await lake.AppendAsync(table, "SELECT 1 AS id, 'a b' AS region UNION ALL SELECT 2, 'a b' UNION ALL SELECT 3, 'c'");
        var summary = table.Metadata.CurrentSnapshot!.Summary;
        Assert.Equal("true", summary["partition-summaries-included"]);
        Assert.StartsWith("added-data-files=1,added-records=2,added-files-size=", summary["partitions.region=a%20b"]);
        Assert.StartsWith("added-data-files=1,added-records=1,added-files-size=", summary["partitions.region=c"]);

        table = await table.NewTransaction().ReplacePartitions(await lake.WriteAsync(table, "SELECT 4 AS id, 'c' AS region")).CommitAsync(default);
        Assert.Contains("deleted-data-files=1,deleted-records=1", table.Metadata.CurrentSnapshot!.Summary["partitions.region=c"]);
        table = await lake.AppendAsync(table, "SELECT i AS id, i::VARCHAR AS region FROM range(3) t(i)");
        Assert.DoesNotContain("partition-summaries-included", table.Metadata.CurrentSnapshot!.Summary.Keys);
    }

    [Theory]
    [InlineData("false", 6)]
    [InlineData("true", 2)]
    public async Task A_fast_append_adds_a_manifest_and_a_merging_one_keeps_them_few(string merge, int most)
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await lake.CreateAsync(s_schema, properties: [("commit.manifest-merge.enabled", merge), ("commit.manifest.min-count-to-merge", "2")]);
        for (var n = 0; n < 6; n++)
            table = await lake.AppendAsync(table, $"SELECT {n} AS id");

        var list = table.Metadata.CurrentSnapshot!.ManifestList!;
        var manifests = ManifestList.Read(await table.IO.ReadAsync(list, default), list);
        Assert.InRange(manifests.Count, merge == "true" ? 1 : most, most);
        Assert.Equal(6, (await table.NewScan().PlanAsync(default)).RecordCount);
    }
}
