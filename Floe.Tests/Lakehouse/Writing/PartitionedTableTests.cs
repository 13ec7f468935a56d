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

    [SkippableFact]
    public async Task Every_transform_of_every_type_is_read_equal_by_clickhouse_with_pruning()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var schema = new Schema(
        [
            new(1, "id", PrimitiveType.Long, true), new(2, "d", PrimitiveType.Decimal(12, 2), false), new(3, "dt", PrimitiveType.Date, false), new(4, "ts", PrimitiveType.Timestamp, false),
            new(5, "tz", PrimitiveType.TimestampTz, false), new(6, "s", PrimitiveType.String, false), new(7, "u", PrimitiveType.Uuid, false), new(8, "n", PrimitiveType.Int, false), new(9, "b", PrimitiveType.Boolean, false),
        ]);
        (string Column, Transform Transform)[] parts =
        [
            .. new[] { "id", "d", "dt", "ts", "tz", "s", "u", "n" }.Select(c => (c, Transform.Bucket(4))), .. new[] { "d", "dt", "ts", "tz", "s", "u", "n", "b" }.Select(c => (c, Transform.Identity)),
            .. new[] { "id", "d", "s", "n" }.Select(c => (c, Transform.Truncate(3))), .. new[] { "dt", "ts", "tz" }.SelectMany(c => new[] { Transform.Year, Transform.Month, Transform.Day }.Select(t => (c, t))),
            ("ts", Transform.Hour), ("tz", Transform.Hour),
        ];
        var table = await lake.CreateAsync(schema);
        for (var n = 0; n < parts.Length; n++)
        {
            var (column, transform) = parts[n];
            table = await table.NewTransaction().UpdateSpec(u =>
            {
                foreach (var field in table.Metadata.PartitionSpec.Fields)
                    u.RemoveField(field.Name);
                u.AddField(column, transform);
            }).CommitAsync(default);
            table = await lake.AppendAsync(table, $"""
                SELECT i AS id, CASE WHEN i % 7 <> 0 THEN ((i - 40) * 0.75)::DECIMAL(12,2) END AS d, CASE WHEN i % 5 <> 0 THEN DATE '1969-12-01' + i::INTEGER END AS dt,
                  CASE WHEN i % 6 <> 0 THEN TIMESTAMP '1969-12-30 22:30:00' + INTERVAL (i) HOUR END AS ts, TIMESTAMPTZ '1970-01-02 00:30:00+00' - INTERVAL (i) HOUR AS tz, CASE WHEN i % 4 <> 0 THEN 'wörd' || i % 9 END AS s,
                  CASE WHEN i % 3 <> 0 THEN ('00000000-0000-0000-0000-' || lpad((i % 8)::VARCHAR, 12, '0'))::UUID END AS u, CASE WHEN i % 9 <> 0 THEN i - 60 END::INTEGER AS n, CASE WHEN i % 5 <> 1 THEN i % 2 = 0 END AS b
                FROM range({n * 6}, {(n + 1) * 6}) t(i)
                """);
        }

        var from = $"icebergS3('{table.Location.Replace("s3://", fixture.Minio.Endpoint + "/")}', '{fixture.Minio.AccessKey}', '{fixture.Minio.SecretKey}')";
        (string Duck, string ClickHouse)[] predicates =
        [
            ("true", "1"), ("id = 77", "id = 77"), ("d < -3.5", "d < -3.5"), ("d = 30", "d = 30"), ("dt >= DATE '1970-01-15'", "dt >= toDate32('1970-01-15')"), ("ts < TIMESTAMP '1970-01-01 00:30:00'", "ts < toDateTime64('1970-01-01 00:30:00', 6, 'UTC')"),
            ("tz < TIMESTAMPTZ '1969-12-31 00:30:00+00'", "tz < toDateTime64('1969-12-31 00:30:00', 6, 'UTC')"), ("s = 'wörd5'", "s = 'wörd5'"), ("s IS NULL", "s IS NULL"), ("n < -10", "n < -10"), ("b", "b"),
        ];
        var results = await Clients.Chdb.RunAsync(new Dictionary<string, string?>(), predicates.Select(p => $"SELECT count(), sum(id) FROM {from} WHERE {p.ClickHouse} SETTINGS use_iceberg_partition_pruning = 1"));

        for (var i = 0; i < predicates.Length; i++)
        {
            var floe = Assert.Single(await lake.RowsAsync(table, $"count(*) FILTER (WHERE {predicates[i].Duck}) || chr(9) || sum(id) FILTER (WHERE {predicates[i].Duck})"));
            Assert.True(floe == results[i].TrimEnd('\n'), $"{predicates[i].Duck}: Floe {floe}, ClickHouse {results[i]}");
        }
    }
}
