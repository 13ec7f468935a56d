using System.Numerics;
using Floe.Lakehouse;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Schemas;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class ParquetWriterTests : IDisposable
{
    private static readonly Schema s_schema = new(
    [
        new(1, "id", PrimitiveType.Long, true),
        new(2, "key", PrimitiveType.Uuid, true),
        new(3, "amount", PrimitiveType.Decimal(12, 2), false),
        new(4, "at", PrimitiveType.TimestampTz, false),
        new(5, "plain", PrimitiveType.Timestamp, false),
        new(6, "day", PrimitiveType.Date, false),
        new(7, "na\"me ü", PrimitiveType.String, false),
        new(8, "flag", PrimitiveType.Boolean, false),
        new(9, "ratio", PrimitiveType.Double, false),
        new(10, "nothing", PrimitiveType.Int, false),
    ]);

    private const string Rows = """
        SELECT i + 1 AS id, uuid() AS key, (i - 2)::DECIMAL(12,2) AS amount, TIMESTAMPTZ '2024-01-01 00:00:00.5+00' + INTERVAL (i) HOUR AS at,
          TIMESTAMP '1969-12-31 23:00:00' + INTERVAL (i) HOUR AS plain, DATE '1970-01-01' - i::INTEGER AS day,
          CASE WHEN i = 3 THEN NULL ELSE repeat('ab', 20) || i END AS "na""me ü", i > 1 AS flag, i / 2.0 AS ratio, NULL::INTEGER AS nothing
        FROM range(5) t(i)
        """;

    private readonly LocalTable local = new(s_schema);
    private readonly ParquetWriter writer;

    public ParquetWriterTests() => writer = new ParquetWriter(Path.Combine(local.Folder, "temp"));

    [Fact]
    public async Task Statistics_become_typed_bounds_by_field_id()
    {
        var file = Assert.Single(await writer.WriteAsync(local.Table, local.Db, Rows.Replace("i / 2.0 AS", "(i / 2.0)::DOUBLE AS"), default));

        Assert.Equal(5, file.RecordCount);
        Assert.Equal(new FileInfo(new Uri(file.FilePath).LocalPath).Length, file.FileSizeInBytes);
        Assert.StartsWith($"{local.Table.Location}/data/", file.FilePath);
        Assert.Equal([4L], file.SplitOffsets);
        Assert.Equal(Enumerable.Range(1, 10), file.ValueCounts!.Keys.Order());
        Assert.All(file.ValueCounts.Values, n => Assert.Equal(5, n));
        Assert.Equal((1, 5, 0), (file.NullValueCounts![7], file.NullValueCounts[10], file.NullValueCounts[1]));
        Assert.True(file.ColumnSizes!.Values.Sum() <= file.FileSizeInBytes);
        Assert.Equal([1, 3, 4, 5, 6, 7, 8, 9], file.LowerBounds!.Keys.Order());
        Assert.Equal((1L, 5L), (Value(1, file.LowerBounds), Value(1, file.UpperBounds!)));
        Assert.Equal((new BigInteger(-200), new BigInteger(200)), (Value(3, file.LowerBounds), Value(3, file.UpperBounds!)));
        Assert.Equal((1704067200500000L, 1704067200500000L + (4 * 3600_000_000L)), (Value(4, file.LowerBounds), Value(4, file.UpperBounds!)));
        Assert.Equal((-3600_000_000L, 3 * 3600_000_000L), (Value(5, file.LowerBounds), Value(5, file.UpperBounds!)));
        Assert.Equal((-4, 0), (Value(6, file.LowerBounds), Value(6, file.UpperBounds!)));
        Assert.Equal(("abababababababab", "abababababababac"), (Value(7, file.LowerBounds), Value(7, file.UpperBounds!)));
        Assert.Equal((false, true), (Value(8, file.LowerBounds), Value(8, file.UpperBounds!)));
        Assert.Equal((0.0, 2.0), (Value(9, file.LowerBounds), Value(9, file.UpperBounds!)));
        Assert.Single(local.Files);
    }

    [Fact]
    public async Task Field_ids_are_in_the_file()
    {
        var file = Assert.Single(await writer.WriteAsync(local.Table, local.Db, "SELECT 1 AS id, uuid() AS key", default));

        var ids = LocalTable.Scalar<string>(local.Db, $"SELECT string_agg(name || '=' || field_id, ',' ORDER BY field_id) FROM parquet_schema('{new Uri(file.FilePath).LocalPath}') WHERE field_id IS NOT NULL");
        Assert.Equal(string.Join(",", s_schema.Fields.Select(f => $"{f.Name}={f.Id}")), ids);
    }

    [Fact]
    public async Task No_rows_make_no_file()
    {
        Assert.Empty(await writer.WriteAsync(local.Table, local.Db, "SELECT 1::BIGINT AS id, uuid() AS key WHERE false", default));
        Assert.Empty(local.Files);
    }

    [Theory]
    [InlineData("SELECT NULL::BIGINT AS id, uuid() AS key", "1 nulls in the required column 'id'")]
    [InlineData("SELECT 1 AS id", "lacks the required column 'key'")]
    [InlineData("SELECT 1 AS id, uuid() AS key, 5 AS extra", "'extra' is not a column of test.local")]
    [InlineData("SELECT 1 AS id, uuid() AS key, 1.5::DOUBLE AS amount", "\"amount\"::DECIMAL(12,2)")]
    [InlineData("SELECT 1 AS id, uuid() AS key, 1.5::DECIMAL(13,3) AS amount", "\"amount\"::DECIMAL(12,2)")]
    [InlineData("SELECT sum(1) AS id, uuid() AS key", "HUGEINT")]
    public async Task Rows_that_do_not_fit_are_refused_and_leave_no_file(string sql, string says)
    {
        var e = await Assert.ThrowsAsync<ValidationException>(() => writer.WriteAsync(local.Table, local.Db, sql, default));

        Assert.Contains(says, e.Message);
        Assert.Empty(local.Files);
    }

    [Fact]
    public async Task Columns_are_read_by_field_id_after_renames_additions_and_widening()
    {
        var files = await writer.WriteAsync(local.Table, local.Db, "SELECT 7 AS id, uuid() AS key, 5 AS nothing, 1.5::DECIMAL(12,2) AS amount", default);
        var evolved = new Schema(
        [
            new(11, "added", PrimitiveType.Date, false),
            new(1, "renamed", PrimitiveType.Long, true),
            new(10, "id", PrimitiveType.Long, false),
            new(3, "amount", PrimitiveType.Decimal(14, 2), false),
        ]);
        var scan = new DuckDbScan(new DataFileCache(local.Table.IO, Path.Combine(local.Folder, "cache"), 1 << 20));

        var from = await scan.ToSqlAsync(new ScanPlan(null, evolved, [.. files.Select(f => new ManifestEntry(EntryStatus.Added, 1, 1, 1, f))], []), default);

        Assert.Equal("added DATE,renamed BIGINT,id BIGINT,amount DECIMAL(14,2)", Columns(from));
        Assert.Equal("7|5|1.50|true", LocalTable.Scalar<string>(local.Db, $"SELECT renamed || '|' || id || '|' || amount || '|' || (added IS NULL) FROM {from}"));
    }

    [Fact]
    public async Task A_table_without_files_gives_no_rows_of_the_same_columns()
    {
        var scan = new DuckDbScan(new DataFileCache(local.Table.IO, Path.Combine(local.Folder, "cache"), 1 << 20));
        var from = await scan.ToSqlAsync(local.Table, null, default);

        Assert.Equal(0, LocalTable.Scalar<long>(local.Db, $"SELECT count(*) FROM {from}"));
        Assert.Equal(string.Join(",", s_schema.Fields.Select(f => $"{f.Name} {DuckDbTypes.ToSql(f.Type)}")), Columns(from));
    }

    public void Dispose() => local.Dispose();

    private string Columns(string from) => string.Join(",", DuckDbSql.Describe(local.Db, $"SELECT * FROM {from}").Select(c => $"{c.Name} {c.Type}"));

    private static object Value(int id, IReadOnlyDictionary<int, byte[]> bounds) => SingleValue.Deserialize((PrimitiveType)s_schema.FindField(id)!.Type, bounds[id]);
}
