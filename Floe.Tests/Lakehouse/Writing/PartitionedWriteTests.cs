using System.Globalization;
using System.Numerics;
using System.Text;
using Floe.Lakehouse;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Files by partition: each row in the file of its partition, values typed, bounds per file.</summary>
public sealed class PartitionedWriteTests
{
    // Values of the specification's appendix B with their hashes, and others around zero.
    private static readonly Dictionary<string, (PrimitiveType Type, (string Sql, object? Value, int? Hash)[] Values)> s_columns = new()
    {
        ["i"] = (PrimitiveType.Int, [("34", 34, 2017239379), ("-1", -1, null), ("0", 0, null), ("NULL", null, null)]),
        ["l"] = (PrimitiveType.Long, [("34", 34L, 2017239379), ("-10", -10L, null), ("9", 9L, null), ("NULL", null, null)]),
        ["d"] = (PrimitiveType.Decimal(9, 2), [("14.20", new BigInteger(1420), -500754589), ("-0.01", new BigInteger(-1), null), ("0", new BigInteger(0), null), ("NULL", null, null)]),
        ["dt"] = (PrimitiveType.Date, [("DATE '2017-11-16'", 17486, -653330422), ("DATE '1969-12-31'", -1, null), ("DATE '1960-02-29'", -3594, null), ("NULL", null, null)]),
        ["tm"] = (PrimitiveType.Time, [("TIME '22:31:08'", 81068000000L, -662762989), ("TIME '00:00:00'", 0L, null), ("NULL", null, null)]),
        ["ts"] = (PrimitiveType.Timestamp, [("TIMESTAMP '2017-11-16 22:31:08'", 1510871468000000L, -2047944441), ("TIMESTAMP '1969-12-31 23:59:59.999999'", -1L, null), ("TIMESTAMP '1970-01-01'", 0L, null), ("NULL", null, null)]),
        ["tz"] = (PrimitiveType.TimestampTz, [("TIMESTAMPTZ '2017-11-16 14:31:08-08:00'", 1510871468000000L, -2047944441), ("TIMESTAMPTZ '1968-03-01 00:30:00+00'", -57972600000000L, null), ("NULL", null, null)]),
        ["s"] = (PrimitiveType.String, [("'iceberg'", "iceberg", 1210000089), ("''", "", null), ("'a/b=ü 100%'", "a/b=ü 100%", null), ("'🧊🧊x'", "🧊🧊x", null), ("'null'", "null", null), ("NULL", null, null)]),
        ["u"] = (PrimitiveType.Uuid, [("'f79c3e09-677c-4bbd-a479-3f349cb785e7'::UUID", Guid.Parse("f79c3e09-677c-4bbd-a479-3f349cb785e7"), 1488055340), ("NULL", null, null)]),
        ["b"] = (PrimitiveType.Binary, [("unhex('00010203')", new byte[] { 0, 1, 2, 3 }, -188683207), ("unhex('FF')", new byte[] { 255 }, null), ("unhex('')", Array.Empty<byte>(), null), ("NULL", null, null)]),
        ["x"] = (PrimitiveType.Fixed(4), [("unhex('00010203')", new byte[] { 0, 1, 2, 3 }, -188683207), ("unhex('FFFFFFFF')", new byte[] { 255, 255, 255, 255 }, null), ("NULL", null, null)]),
        ["f"] = (PrimitiveType.Float, [("1.5", 1.5f, null), ("'nan'::FLOAT", float.NaN, null), ("NULL", null, null)]),
        ["g"] = (PrimitiveType.Double, [("-0.25", -0.25, null), ("1e300", 1e300, null), ("NULL", null, null)]),
        ["o"] = (PrimitiveType.Boolean, [("true", true, null), ("false", false, null), ("NULL", null, null)]),
    };

    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var (name, (type, _)) in s_columns)
        {
            foreach (var transform in new[] { "identity", "void", "bucket[7]", "bucket[1000]", "truncate[1]", "truncate[10]", "year", "month", "day", "hour" })
            {
                if (Transform.Parse(transform).CanApply(type))
                    cases.Add(name, transform);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Every_transform_puts_each_row_where_the_specification_says(string column, string text)
    {
        var (type, values) = s_columns[column];
        var transform = Transform.Parse(text);
        using var local = new LocalTable(new Schema([new(1, "n", PrimitiveType.Int, true), new(2, column, type, false)]), new PartitionSpec(5, [new(2, 1000, "p", transform)]));
        var sql = string.Join(" UNION ALL ", values.Select((v, i) => $"SELECT {i} AS n, ({v.Sql})::{DuckDbTypes.ToSql(type)} AS \"{column}\""));

        var files = await new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, sql, default);

        var found = new List<int>();
        foreach (var file in files)
        {
            var path = LocalFile(file);
            var rows = LocalTable.Scalar<string>(local.Db, $"SELECT string_agg(n, ',') FROM {LocalParquet.From(path)}").Split(',').Select(int.Parse).ToList();
            found.AddRange(rows);
            Assert.Equal(rows.Count, file.RecordCount);
            Assert.Equal((5, 1), (file.SpecId, file.Partition.Count));
            foreach (var row in rows)
            {
                Assert.Equal(transform.Apply(type, values[row].Value), file.Partition[0]);
                if (transform.Kind == TransformKind.Bucket && values[row].Hash is { } hash)
                    Assert.Equal((hash & int.MaxValue) % transform.Width, file.Partition[0]);
            }

            Assert.Equal(["duckdb_schema", "n", column], LocalTable.Scalar<string>(local.Db, $"SELECT string_agg(name, '|') FROM parquet_schema('{path.Replace("'", "''")}')").Split('|'));
            Assert.StartsWith($"{local.Table.Location}/data/", file.FilePath);
        }

        Assert.Equal(Enumerable.Range(0, values.Length), found.Order());
        Assert.Equal(files.Count, files.Select(PartitionKey.Of).Distinct().Count());
        Assert.Empty(Directory.EnumerateFileSystemEntries($"{local.Folder}/temp"));

        // The manifest keeps the values and their types.
        var spec = local.Table.Metadata.PartitionSpec;
        var writer = new ManifestWriter(spec, local.Table.Schema, ManifestContent.Data, 1);
        foreach (var file in files)
            writer.Add(new ManifestEntry(EntryStatus.Added, 1, null, null, file));
        var (content, manifest) = writer.Finish("m.avro");
        Assert.Equal(files.Select(PartitionKey.Of), ManifestReader.Read(content, manifest, local.Table.Metadata).Select(e => PartitionKey.Of(e.DataFile)));
    }

    [Fact]
    public async Task Several_fields_make_readable_folders_and_files_with_their_own_bounds()
    {
        var schema = new Schema(
        [
            new(1, "id", PrimitiveType.Long, true),
            new(2, "at", PrimitiveType.TimestampTz, false),
            new(3, "region", PrimitiveType.String, false),
            new(4, "amount", PrimitiveType.Decimal(9, 2), false),
            new(5, "address", new StructType([new(6, "zip", PrimitiveType.Int, false)]), false),
        ]);
        var spec = new PartitionSpec(1,
        [
            new(3, 1000, "region", Transform.Identity), new(2, 1001, "at_month", Transform.Month), new(2, 1002, "at_hour", Transform.Hour), new(4, 1003, "a=m", Transform.Truncate(1000)), new(6, 1004, "zip", Transform.Identity),
        ]);
        using var local = new LocalTable(schema, spec);

        var files = await new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, """
            SELECT i AS id, TIMESTAMPTZ '1969-12-31 23:30:00+00' + INTERVAL (i // 2) HOUR AS at, CASE WHEN i % 2 = 0 THEN 'EMEA/ü' END AS region, (i - 3)::DECIMAL(9,2) AS amount, {'zip': 7::INTEGER} AS address FROM range(4) t(i)
            """, default);

        Assert.Equal(
            [
                "region=EMEA%2F%C3%BC/at_month=1969-12/at_hour=1969-12-31-23/a%3Dm=-10.00/zip=7",
                "region=EMEA%2F%C3%BC/at_month=1970-01/at_hour=1970-01-01-00/a%3Dm=-10.00/zip=7",
                "region=null/at_month=1969-12/at_hour=1969-12-31-23/a%3Dm=-10.00/zip=7",
                "region=null/at_month=1970-01/at_hour=1970-01-01-00/a%3Dm=0.00/zip=7",
            ],
            files.Select(f => f.FilePath[$"{local.Table.Location}/data/".Length..f.FilePath.LastIndexOf('/')]).Order(StringComparer.Ordinal));
        var late = files.Single(f => f.Partition[3] is BigInteger { IsZero: true });
        Assert.Equal([null, 0, 0, BigInteger.Zero, 7], late.Partition);
        Assert.Equal(3L, SingleValue.Deserialize(PrimitiveType.Long, late.LowerBounds![1]));
        Assert.Equal((1, 7), (late.NullValueCounts![3], SingleValue.Deserialize(PrimitiveType.Int, late.UpperBounds![6])));
    }

    [Fact]
    public async Task Rows_are_sorted_within_each_file_and_files_split_at_the_target_size()
    {
        var schema = new Schema([new(1, "id", PrimitiveType.Long, true), new(2, "p", PrimitiveType.Int, true), new(3, "s", PrimitiveType.String, false)]);
        var order = new ReplaceSortOrder(schema).Desc("s", nullsLast: false).Asc("id", transform: Transform.Bucket(3)).Apply();
        const string Rows = "SELECT i AS id, (hash(i) % 2)::INTEGER AS p, CASE WHEN i % 10 <> 0 THEN (hash(i + 7) % 5000)::VARCHAR END AS s FROM range(60000) t(i)";
        foreach (var spec in new[] { PartitionSpec.Unpartitioned, new PartitionSpec(1, [new(2, 1000, "p", Transform.Identity)]) })
        {
            using var local = new LocalTable(schema, spec, order, ("write.target-file-size-bytes", "100000"));
            var files = await new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, Rows, default);

            Assert.InRange(files.Count, 2, 20);
            Assert.Equal(60000, files.Sum(f => f.RecordCount));
            Assert.All(files, f => Assert.Equal(order.OrderId, f.SortOrderId));
            Assert.All(files, f => Assert.InRange(f.FileSizeInBytes, 1, 150_000));
            foreach (var file in files)
            {
                Assert.Equal(0, LocalTable.Scalar<long>(local.Db, $"""
                    SELECT count(*) FROM (SELECT row_number() OVER () AS a, row_number() OVER (ORDER BY s DESC NULLS FIRST, {Transform.Bucket(3).ToSql(PrimitiveType.Long, "id")}, a) AS b
                      FROM (SELECT *, row_number() OVER () AS a FROM {LocalParquet.From(LocalFile(file))})) WHERE a <> b
                    """));
            }

            Assert.Equal("60000|1799970000", LocalTable.Scalar<string>(local.Db, $"SELECT count(DISTINCT id) || '|' || sum(id) FROM read_parquet([{string.Join(",", files.Select(f => $"'{LocalFile(f)}'"))}], hive_partitioning = false)"));
        }
    }

    [Fact]
    public async Task Many_partitions_at_once_have_one_file_each()
    {
        using var local = new LocalTable(new Schema([new(1, "id", PrimitiveType.Int, true)]), new PartitionSpec(1, [new(1, 1000, "b", Transform.Bucket(130))]));

        var files = await new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, "SELECT i::INTEGER AS id FROM range(560000) t(i)", default);

        Assert.Equal(Enumerable.Range(0, 130), files.Select(f => (int)f.Partition[0]!).Order());
        Assert.Equal(560000, files.Sum(f => f.RecordCount));
    }

    [Fact]
    public async Task Without_a_sort_order_rows_keep_the_querys_order_over_all_files()
    {
        using var local = new LocalTable(new Schema([new(1, "id", PrimitiveType.Long, true), new(2, "s", PrimitiveType.String, false)]), properties: ("write.target-file-size-bytes", "200000"));

        var files = await new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, "SELECT i AS id, hash(i)::VARCHAR AS s FROM range(100000) t(i)", default);

        var next = 0L;
        foreach (var file in files)
        {
            Assert.Equal(0, LocalTable.Scalar<long>(local.Db, $"SELECT count(*) FROM {LocalParquet.From(LocalFile(file), "file_row_number = true")} WHERE id <> file_row_number + {next}"));
            next += file.RecordCount;
        }

        Assert.Equal(100000, next);
        Assert.InRange(files.Count, 2, 30);
    }

    [Fact]
    public async Task Nested_columns_are_written_with_the_ids_of_every_field()
    {
        var schema = new Schema(
        [
            new(1, "id", PrimitiveType.Int, true),
            new(2, "ad\"d", new StructType([new(3, "city", PrimitiveType.String, false), new(4, "geo", new StructType([new(5, "lat", PrimitiveType.Double, false)]), false)]), false),
            new(6, "tags", new ListType(7, new StructType([new(8, "k", PrimitiveType.String, false)]), false), false),
            new(9, "m", new MapType(10, PrimitiveType.String, 11, PrimitiveType.Decimal(5, 2), false), false),
        ]);
        using var local = new LocalTable(schema);
        var writer = new ParquetWriter($"{local.Folder}/temp");

        var file = Assert.Single(await writer.WriteAsync(local.Table, local.Db, "SELECT 1 AS id, {'city': 'x', 'geo': {'lat': 1.5::DOUBLE}} AS \"ad\"\"d\", [{'k': 'a'}, {'k': 'b'}] AS tags, MAP {'q': 1.25::DECIMAL(5,2)} AS m", default));

        var ids = LocalTable.Scalar<string>(local.Db, $"SELECT string_agg(name || '=' || field_id, ',' ORDER BY field_id) FROM parquet_schema('{LocalFile(file)}') WHERE field_id IS NOT NULL");
        Assert.Equal("id=1,ad\"d=2,city=3,geo=4,lat=5,tags=6,element=7,k=8,m=9,key=10,value=11", ids);
        Assert.Equal([1, 3, 5], file.LowerBounds!.Keys.Order());
        Assert.Equal(1.5, SingleValue.Deserialize(PrimitiveType.Double, file.UpperBounds![5]));
        var e = await Assert.ThrowsAsync<ValidationException>(() => writer.WriteAsync(local.Table, local.Db, "SELECT 1 AS id, [{'k': 5}] AS tags", default));
        Assert.Contains("cast it in the query, \"tags\"::STRUCT(\"k\" VARCHAR)[]", e.Message);
    }

    [Fact]
    public void Long_and_strange_values_make_short_paths_that_differ()
    {
        PartitionSpec spec = new(0, [new(1, 1000, "s", Transform.Identity)]);
        string Of(PrimitiveType type, object? value) => PartitionPath.Of(spec, [type], [value]);
        var (a, b) = (Of(PrimitiveType.String, new string('ü', 500) + "a"), Of(PrimitiveType.String, new string('ü', 500) + "b"));
        Assert.NotEqual(a, b);
        Assert.InRange(Encoding.UTF8.GetByteCount(a), 10, 200);
        Assert.Equal("s=..%2F%20%2B", Of(PrimitiveType.String, "../ +"));
        Assert.Equal("s=2017-11-16T22%3A31%3A08.5%2B00%3A00", Of(PrimitiveType.TimestampTz, 1510871468500000L));
        Assert.Equal("s=AAEC", Of(PrimitiveType.Binary, new byte[] { 0, 1, 2 }));
        Assert.Equal("s=day%209000000", Of(PrimitiveType.Date, 9000000));
        Assert.Equal("s=null", Of(PrimitiveType.Int, null));
    }

    [Theory]
    [InlineData("SELECT 1 AS id, 'x' AS p, 123456789.5::DOUBLE::DECIMAL(9,2) AS d", "test.local")]
    [InlineData("SELECT 1 AS id, 'x' AS p, 99999999.99::DECIMAL(10,2) AS d", "cast it in the query")]
    [InlineData("SELECT 1 AS id, 'x' AS p, '12345678'::DECIMAL(9,2) AS d FROM range(3)", "test.local")]
    [InlineData("SELECT CASE WHEN i = 150000 THEN NULL ELSE 1 END AS id, (i % 3)::VARCHAR AS p, 1::DECIMAL(9,2) AS d FROM range(200000) t(i)", "nulls in the required column 'id'")]
    public async Task A_value_that_does_not_fit_is_a_typed_error_and_leaves_no_file(string sql, string says)
    {
        using var local = new LocalTable(new Schema([new(1, "id", PrimitiveType.Int, true), new(2, "p", PrimitiveType.String, false), new(3, "d", PrimitiveType.Decimal(9, 2), false)]), new PartitionSpec(0, [new(2, 1000, "p", Transform.Identity)]));

        var e = await Assert.ThrowsAsync<ValidationException>(() => new ParquetWriter($"{local.Folder}/temp").WriteAsync(local.Table, local.Db, sql, default));

        Assert.Contains(says, e.Message);
        Assert.Empty(local.Files);
    }

    private static string LocalFile(DataFile file) => file.FilePath["file://".Length..];
}
