using System.Globalization;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Floe.Tests.Clients;
using Floe.Tests.Lakehouse.Writing;
using Xunit;
using Xunit.Abstractions;

namespace Floe.Tests.Lakehouse.ForeignReaders;

/// <summary>A table of every type that Floe writes, over three snapshots and two partition specs, read by engines that share no code with Floe.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class ForeignReaderTests(LakehouseFixture fixture, ITestOutputHelper output)
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Long, true), new(2, "key", PrimitiveType.Uuid, false), new(3, "n", PrimitiveType.Int, false), new(4, "at", PrimitiveType.TimestampTz, false),
        new(5, "plain", PrimitiveType.Timestamp, false), new(6, "status", PrimitiveType.String, false), new(7, "amount", PrimitiveType.Decimal(12, 2), false),
        new(8, "precise", PrimitiveType.Decimal(30, 6), false), new(9, "flag", PrimitiveType.Boolean, false), new(10, "day", PrimitiveType.Date, false),
        new(11, "ratio", PrimitiveType.Double, false), new(12, "single", PrimitiveType.Float, false),
    ]);

    // icebird gives decimals as JavaScript numbers, of fifteen digits.
    private static readonly IReadOnlyList<NestedField> s_exact = [.. s_schema.Fields.Where(f => f.Name != "precise")];

    // Every value by arithmetic of i; nulls in every optional column; text beyond the bounds' sixteen characters.
    private const string Rows = """
        SELECT i AS id, ('00000000-0000-0000-0000-' || lpad(i::VARCHAR, 12, '0'))::UUID AS key, CASE WHEN i % 11 = 0 THEN NULL ELSE i - 50 END::INTEGER AS n,
          CASE WHEN i % 13 = 0 THEN NULL ELSE TIMESTAMPTZ '1969-12-01 00:00:00.123+00' + INTERVAL (i * 7) HOUR END AS at, TIMESTAMP '2024-02-28 23:00:00' + INTERVAL (i) HOUR AS plain,
          CASE i % 4 WHEN 0 THEN 'pending' WHEN 1 THEN 'weiß/ü' WHEN 2 THEN NULL ELSE 'a very long status that is truncated ' || i END AS status,
          CASE WHEN i % 7 = 0 THEN NULL ELSE ((i - 60) * 1.25)::DECIMAL(12,2) END AS amount, (i::HUGEINT * 1000000000000000 - 0.000001::DECIMAL(7,6))::DECIMAL(30,6) AS precise,
          CASE WHEN i % 5 = 0 THEN NULL ELSE i % 2 = 0 END AS flag, CASE WHEN i % 9 = 0 THEN NULL ELSE DATE '1969-12-20' + i::INTEGER END AS day,
          CASE WHEN i % 8 = 0 THEN NULL ELSE (i - 40) / 8.0 END::DOUBLE AS ratio, CASE WHEN i % 6 = 0 THEN NULL ELSE i / 4.0 END::FLOAT AS single
        FROM range({0}, {1}) t(i)
        """;

    [SkippableFact]
    public async Task ClickHouse_reads_the_same_rows_of_every_snapshot_and_prunes_by_every_column()
    {
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await CreateAsync(lake);
        var from = $"icebergS3('{table.Location.Replace("s3://", fixture.Minio.Endpoint + "/")}', '{fixture.Minio.AccessKey}', '{fixture.Minio.SecretKey}')";
        var snapshots = table.Metadata.Snapshots.OrderBy(s => s.SequenceNumber).Select(s => s.SnapshotId).ToList();
        var rowsSql = $"SELECT {string.Join(", ", s_schema.Fields.Select(f => ClickHouseText(f)))} FROM {from} ORDER BY id";
        var predicates = await PredicatesAsync(lake, table, s_schema.Fields);

        string[] statements =
        [
            rowsSql,
            .. snapshots.Select(id => $"SELECT count(), sum(toInt64(amount * 100)), sum(id) FROM {from} SETTINGS iceberg_snapshot_id = {id}"),
            .. predicates.Select(p => $"SELECT count(), sum(id) FROM {from} WHERE {p.ClickHouse} SETTINGS use_iceberg_partition_pruning = 1, input_format_parquet_filter_push_down = 1"),
        ];
        var results = await Chdb.RunAsync(new Dictionary<string, string?>(), statements);

        Assert.Equal(await FloeAsync(lake, table.NewScan(), $"SELECT {string.Join(", ", s_schema.Fields.Select(f => DuckDbText(f)))} FROM {{0}} ORDER BY id"), Lines(results[0]));
        for (var i = 0; i < snapshots.Count; i++)
            Assert.Equal(await FloeAsync(lake, table.NewScan().UseSnapshot(snapshots[i]), "SELECT count(*), sum((amount * 100)::BIGINT), sum(id) FROM {0}"), Lines(results[1 + i]));
        for (var i = 0; i < predicates.Count; i++)
        {
            var expected = await FloeAsync(lake, table.NewScan().Filter(predicates[i].Filter), "SELECT count(*), coalesce(sum(id), 0) FROM {0}");
            Assert.True(expected.SequenceEqual(Lines(results[1 + snapshots.Count + i])), $"{predicates[i].Filter}: Floe {expected[0]}, ClickHouse {results[1 + snapshots.Count + i]}");
        }

        output.WriteLine($"{predicates.Count} predicates");
    }

    [SkippableFact]
    public async Task Icebird_reads_the_same_rows_of_every_snapshot_and_the_same_of_every_predicate()
    {
        NodeScript.Need("icebird");
        await using var lake = await Lake.OpenAsync(fixture);
        var table = await CreateAsync(lake);
        foreach (var snapshot in table.Metadata.Snapshots)
        {
            // icebird has no predicates: its rows, put into DuckDB, are asked the same as Floe's scan.
            var rows = await Icebird.RowsAsync(table, fixture.Minio, snapshot.SnapshotId);
            var file = Path.GetTempFileName();
            try
            {
                await File.WriteAllTextAsync(file, rows);
                var columns = string.Join(", ", s_exact.Select(f => $"{DuckDbSql.Name(f.Name)}: {DuckDbSql.Text(f.Type == PrimitiveType.Double || f.Type == PrimitiveType.Float ? "DOUBLE" : DuckDbTypes.ToSql(f.Type))}"));
                LocalTable.Execute(lake.Db, $"CREATE OR REPLACE TABLE foreign_rows AS SELECT {string.Join(", ", s_exact.Select(f => $"{DuckDbSql.Name(f.Name)}::{DuckDbTypes.ToSql(f.Type)} AS {DuckDbSql.Name(f.Name)}"))} FROM read_json('{file}', format = 'array', columns = {{{columns}}})");
            }
            finally
            {
                File.Delete(file);
            }

            var all = $"SELECT {string.Join(", ", s_exact.Select(f => DuckDbText(f)))} FROM {{0}} ORDER BY id";
            Assert.Equal(Query(lake, string.Format(CultureInfo.InvariantCulture, all, "foreign_rows")), await FloeAsync(lake, table.NewScan().UseSnapshot(snapshot.SnapshotId), all));
            if (snapshot.SnapshotId != table.Metadata.CurrentSnapshotId)
                continue;
            foreach (var (filter, _) in await PredicatesAsync(lake, table, s_exact))
            {
                Assert.Equal(
                    Query(lake, $"SELECT count(*), coalesce(sum(id), 0) FROM foreign_rows WHERE {filter.ToSql(s_schema)}"),
                    await FloeAsync(lake, table.NewScan().Filter(filter), "SELECT count(*), coalesce(sum(id), 0) FROM {0}"));
            }
        }
    }

    private static async Task<Table> CreateAsync(Lake lake)
    {
        var table = await lake.CreateAsync(s_schema, new PartitionSpec(0, [new(6, 1000, "status", Transform.Identity), new(5, 1001, "plain_day", Transform.Day)]));
        table = await lake.AppendAsync(table, string.Format(CultureInfo.InvariantCulture, Rows, 0, 40));
        table = await lake.AppendAsync(table, string.Format(CultureInfo.InvariantCulture, Rows, 40, 90));
        table = await table.NewTransaction().UpdateSpec(u => u.RemoveField("status").RemoveField("plain_day").AddField("id", Transform.Truncate(10)).AddField("day", Transform.Month)).CommitAsync(default);
        return await lake.AppendAsync(table, string.Format(CultureInfo.InvariantCulture, Rows, 90, 130));
    }

    /// <summary>For each column: equal to, below and above one of its values, and null.</summary>
    private static async Task<IReadOnlyList<(Expression Filter, string ClickHouse)>> PredicatesAsync(Lake lake, Table table, IReadOnlyList<NestedField> fields)
    {
        var predicates = new List<(Expression, string)>();
        var from = await lake.Lakehouse.Scan.ToSqlAsync(table, null, default);
        foreach (var field in fields)
        {
            var (name, type) = (field.Name, (PrimitiveType)field.Type);
            predicates.Add((Expression.IsNull(name), $"{name} IS NULL"));
            var column = DuckDbSql.Name(name);
            foreach (var text in Query(lake, $"SELECT {(type.Kind is PrimitiveKind.TimestampTz ? $"make_timestamp(epoch_us({column}))" : column)}::VARCHAR FROM {from} WHERE {column} IS NOT NULL AND id IN (1, 43, 77, 101, 129) ORDER BY 1").Distinct())
            {
                var literal = Literal.Of(type, type.Kind == PrimitiveKind.Boolean ? text == "true" : SingleValue(type, text));
                predicates.Add((Expression.Equal(name, literal), $"{name} = {ClickHouse(type, text)}"));
                predicates.Add((Expression.LessThan(name, literal), $"{name} < {ClickHouse(type, text)}"));
                predicates.Add((Expression.GreaterThanOrEqual(name, literal), $"{name} >= {ClickHouse(type, text)}"));
            }
        }

        return predicates;

        static object SingleValue(PrimitiveType type, string text) => Floe.Lakehouse.Manifests.SingleValue.FromDuckDbText(type, text) ?? throw new InvalidOperationException($"{text} is no {type}.");
    }

    private static string ClickHouse(PrimitiveType type, string text) => type.Kind switch
    {
        PrimitiveKind.Uuid => $"toUUID('{text}')",
        PrimitiveKind.TimestampTz or PrimitiveKind.Timestamp => $"toDateTime64('{text}', 6, 'UTC')",
        PrimitiveKind.Decimal => $"toDecimal128('{text}', {type.Scale})",
        PrimitiveKind.Date => $"toDate32('{text}')",
        PrimitiveKind.String => $"'{text}'",
        PrimitiveKind.Double => $"toFloat64('{text}')",
        PrimitiveKind.Float => $"toFloat32('{text}')",
        _ => text,
    };

    // The same text from both: times in microseconds, the rest as both print it.
    private static string ClickHouseText(NestedField field) => field.Type is PrimitiveType { Kind: PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz }
        ? $"ifNull(toString(toUnixTimestamp64Micro(toDateTime64({field.Name}, 6, 'UTC'))), 'null')"
        : field.Type is PrimitiveType { Kind: PrimitiveKind.Decimal } d ? $"ifNull(toString(toInt128({field.Name} * {Math.Pow(10, d.Scale)})), 'null')"
        : $"ifNull(toString({field.Name}), 'null')";

    private static string DuckDbText(NestedField field)
    {
        var name = DuckDbSql.Name(field.Name);
        var text = field.Type switch
        {
            PrimitiveType { Kind: PrimitiveKind.Timestamp or PrimitiveKind.TimestampTz } => $"epoch_us({name})::VARCHAR",
            PrimitiveType { Kind: PrimitiveKind.Decimal } => $"replace({name}::VARCHAR, '.', '')::HUGEINT::VARCHAR",
            PrimitiveType { Kind: PrimitiveKind.Double or PrimitiveKind.Float } => $"regexp_replace({name}::VARCHAR, '\\.0$', '')",
            _ => $"{name}::VARCHAR",
        };
        return $"coalesce({text}, 'null')";
    }

    private static async Task<IReadOnlyList<string>> FloeAsync(Lake lake, Floe.Lakehouse.Scans.TableScan scan, string sql) =>
        Query(lake, string.Format(CultureInfo.InvariantCulture, sql, await lake.Lakehouse.Scan.ToSqlAsync(scan, default)));

    private static IReadOnlyList<string> Query(Lake lake, string sql)
    {
        using var command = lake.Db.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(string.Join('\t', Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture))));
        return rows;
    }

    private static string[] Lines(string text) => text.TrimEnd('\n').Split('\n');
}
