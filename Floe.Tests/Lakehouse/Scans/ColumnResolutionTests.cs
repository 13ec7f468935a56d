using Floe.Lakehouse.Schemas;
using Xunit;
using static Floe.Lakehouse.Expressions.Expression;

namespace Floe.Tests.Lakehouse.Scans;

/// <summary>Columns are found by field id, in nested types too, whatever happened to the schema since a file was written.</summary>
public sealed class ColumnResolutionTests
{
    [Fact]
    public async Task Renamed_reordered_added_dropped_and_widened_columns_are_read_from_old_files()
    {
        using var table = new ScanTable(new Schema([new(1, "a", PrimitiveType.Int, false), new(2, "b", PrimitiveType.String, false), new(3, "c", PrimitiveType.Float, false), new(4, "d", PrimitiveType.Decimal(4, 2), false)]));
        table.Commit(table.Write("SELECT 1 AS a, 'x' AS b, 1.5::FLOAT AS c, 2.25::DECIMAL(4,2) AS d"));
        table.Evolve(new(4, "a", PrimitiveType.Decimal(8, 2), false), new(5, "b", PrimitiveType.Date, false), new(3, "c", PrimitiveType.Double, false), new(1, "first", PrimitiveType.Long, false));
        table.Commit(table.Write("SELECT 7.5::DECIMAL(8,2) AS a, DATE '2024-01-01' AS b, 0.5::DOUBLE AS c, 9000000000 AS first"));

        Assert.Equal("2.25|null|1.5|1\n7.50|2024-01-01|0.5|9000000000", await table.QueryAsync());
        Assert.Equal("1", await table.QueryAsync(table.Table.NewScan().Filter(LessThan("first", 2)).Select("first")));
        Assert.Equal("1", await table.QueryAsync(table.Table.NewScan().Filter(And(IsNull("b"), Equal("a", 2.25m), Equal("c", 1.5))).Select("first")));
        Assert.Equal("9000000000", await table.QueryAsync(table.Table.NewScan().Filter(GreaterThan("c", -1)).Filter(LessThan("c", 1)).Select("first")));
        Assert.Equal("1|x|1.5|2.25", await table.QueryAsync(table.Table.NewScan().UseSnapshot(table.Metadata.Snapshots[0].SnapshotId)));
    }

    [Fact]
    public async Task Fields_of_nested_columns_are_found_by_id_too()
    {
        static StructType Line(params NestedField[] fields) => new(fields);
        using var table = new ScanTable(new Schema(
        [
            new(1, "id", PrimitiveType.Int, false),
            new(2, "place", Line(new(3, "city", PrimitiveType.String, false), new(4, "zip", PrimitiveType.Int, false)), false),
            new(5, "lines", new ListType(6, Line(new(7, "sku", PrimitiveType.String, false), new(8, "n", PrimitiveType.Int, false)), false), false),
            new(9, "tags", new MapType(10, PrimitiveType.String, 11, Line(new NestedField(12, "v", PrimitiveType.Int, false)), false), false),
            new(13, "plain", new ListType(14, PrimitiveType.Int, false), false),
        ]));
        table.Commit(table.Write("""
            SELECT * FROM (VALUES (1, {city: 'ulm', zip: 89073}, [{sku: 'a', n: 1}, NULL], MAP {'k': {v: 5}}, [1, NULL, 3]), (2, NULL, NULL, NULL, NULL), (3, {city: NULL, zip: NULL}, [], MAP {}, [])) t(id, place, lines, tags, plain)
            """));
        Assert.Equal("1|{'city': ulm, 'zip': 89073}|[{'sku': a, 'n': 1}, NULL]|{k={'v': 5}}|[1, NULL, 3]\n2|null|null|null|null\n3|{'city': NULL, 'zip': NULL}|[]|{}|[]", await table.QueryAsync());
        Assert.Equal("1", await table.QueryAsync(table.Table.NewScan().Filter(Equal("place.city", "ulm")).Select("id")));

        // zip was dropped and a new zip added; city renamed; the map's value has a new field; the list's fields changed places and one is wider.
        table.Evolve(
            new(1, "id", PrimitiveType.Int, false),
            new(2, "place", Line(new(15, "zip", PrimitiveType.String, false), new(3, "town", PrimitiveType.String, false)), false),
            new(5, "lines", new ListType(6, Line(new(8, "amount", PrimitiveType.Long, false), new(7, "sku", PrimitiveType.String, false)), false), false),
            new(9, "tags", new MapType(10, PrimitiveType.String, 11, Line(new(12, "v", PrimitiveType.Long, false), new(16, "w", PrimitiveType.Int, false)), false), false),
            new(13, "plain", new ListType(14, PrimitiveType.Long, false), false),
            new(17, "later", new ListType(18, PrimitiveType.Int, false), false));
        table.Commit(table.Write("SELECT 4 AS id, {zip: 'D-1', town: 'bonn'} AS place, [{amount: 9000000000, sku: 'b'}] AS lines, MAP {'m': {v: 6::BIGINT, w: 7}} AS tags, [9000000000] AS plain, [0] AS later"));

        Assert.Equal(
            """
            1|{'zip': NULL, 'town': ulm}|[{'amount': 1, 'sku': a}, NULL]|{k={'v': 5, 'w': NULL}}|[1, NULL, 3]|null
            2|null|null|null|null|null
            3|{'zip': NULL, 'town': NULL}|[]|{}|[]|null
            4|{'zip': D-1, 'town': bonn}|[{'amount': 9000000000, 'sku': b}]|{m={'v': 6, 'w': 7}}|[9000000000]|[0]
            """.ReplaceLineEndings("\n"), await table.QueryAsync());
        Assert.Equal("1\n4", await table.QueryAsync(table.Table.NewScan().Filter(In("place.town", "ulm", "bonn")).Select("id")));
        Assert.Equal("2", await table.QueryAsync(table.Table.NewScan().Filter(IsNull("lines")).Select("id")));
    }

    [Fact]
    public async Task A_file_without_its_partition_column_has_the_partitions_value()
    {
        using var table = new ScanTable(new Schema([new(1, "id", PrimitiveType.Int, false)]), new PartitionSpec(1, [new(2, 1000, "day", Transform.Identity), new(3, 1001, "region", Transform.Identity)]));

        // As files taken over from Hive are: the columns are in the folders' names only.
        table.Metadata = table.Metadata with
        {
            Schemas = [new Schema([new(1, "id", PrimitiveType.Int, false)]), new Schema([new(1, "id", PrimitiveType.Int, false), new(2, "day", PrimitiveType.Date, false), new(3, "region", PrimitiveType.String, false)], 1)],
        };
        var (one, two) = (table.Write("SELECT 1 AS id", [-1, "it's"]), table.Write("SELECT 2 AS id", [0, null]));
        table.Metadata = table.Metadata with { CurrentSchemaId = 1 };
        table.Commit(one, two, table.Write("SELECT 3 AS id, DATE '1970-01-01' AS day, 'eu' AS region", [0, "eu"]));

        Assert.Equal("1|1969-12-31|it's\n2|1970-01-01|null\n3|1970-01-01|eu", await table.QueryAsync());
        Assert.Equal("2\n3", await table.QueryAsync(table.Table.NewScan().Filter(Equal("day", "1970-01-01")).Select("id")));
        Assert.Equal("2", await table.QueryAsync(table.Table.NewScan().Filter(IsNull("region")).Select("id")));
    }

    [Fact]
    public async Task Columns_may_be_called_as_DuckDBs_own()
    {
        using var table = new ScanTable(new Schema([new(1, "filename", PrimitiveType.String, false), new(2, "rowid", PrimitiveType.Long, false), new(3, "floe_file", PrimitiveType.Int, false), new(4, "c1", PrimitiveType.Int, false)]));
        var file = table.Write("SELECT 'f' || i AS filename, i * 10 AS rowid, 5 AS floe_file, 6 AS c1 FROM range(3) t(i)");
        table.Commit(file);
        table.Commit(table.WriteDeletes([(file.FilePath, 1)]));

        Assert.Equal("f0|0|5|6\nf2|20|5|6", await table.QueryAsync());
        Assert.Equal("20", await table.QueryAsync(table.Table.NewScan().Filter(Equal("filename", "f2")).Select("rowid")));
    }

    [Fact]
    public async Task Files_without_field_ids_are_refused_where_the_table_has_a_name_mapping()
    {
        using var table = new ScanTable(new Schema([new(1, "id", PrimitiveType.Int, false)]));
        table.Metadata = table.Metadata with { Properties = new Dictionary<string, string> { ["schema.name-mapping.default"] = "[]" } };
        table.Commit(table.Write("SELECT 1 AS id"));
        Assert.Equal("1", await table.QueryAsync());

        var file = table.Write("SELECT 2 AS id");
        var path = new Uri(file.FilePath).LocalPath;
        LocalTable.Execute(table.Db, $"COPY (SELECT 2 AS id) TO '{path}' (FORMAT parquet)");
        table.Commit(file with { FileSizeInBytes = new FileInfo(path).Length });

        Assert.Contains("has no field ids", (await Assert.ThrowsAsync<Floe.Lakehouse.UnsupportedFormatException>(() => table.QueryAsync())).Message);
    }
}
