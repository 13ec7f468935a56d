using System.Globalization;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Manifests;
using Floe.Lakehouse.Metadata;
using Floe.Lakehouse.Scans;
using Floe.Lakehouse.Storage;
using Floe.Lakehouse.Tables;
using Floe.Tests.Clients;
using Xunit;

namespace Floe.Tests.Lakehouse.ForeignReaders;

/// <summary>A table that ClickHouse wrote, with rows that it deleted by position, read by Floe.</summary>
public sealed class ForeignWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("floe-clickhouse-").FullName;

    [SkippableFact]
    public async Task Rows_deletes_and_older_snapshots_of_ClickHouse_are_read()
    {
        const string Write = "SETTINGS allow_insert_into_iceberg = 1";
        var results = await Chdb.RunAsync(new Dictionary<string, string?>(),
        [
            "SET allow_insert_into_iceberg = 1",
            "CREATE DATABASE d",
            $"CREATE TABLE d.t (id Int64, region Nullable(String), at Nullable(DateTime64(6)), ratio Nullable(Float64)) ENGINE = IcebergLocal('{folder}/t/', 'Parquet')",
            $"INSERT INTO d.t {Write} SELECT number, if(number % 3 = 0, NULL, concat('a long region of the number ', toString(number % 3))), toDateTime64('1969-12-31 00:00:00', 6, 'UTC') + number * 3600, number / 4 FROM numbers(100)",
            $"INSERT INTO d.t {Write} SELECT number + 100, 'x', NULL, NULL FROM numbers(10)",
            $"ALTER TABLE d.t DELETE WHERE id % 10 = 3 {Write}",
            "SELECT count(), sum(id), count(region), sum(ratio) FROM d.t",
        ]);
        using var db = LocalTable.Duck();
        var io = new LocalFileIO();
        var location = Directory.EnumerateFiles($"{folder}/t/metadata", "v*.metadata.json").OrderBy(f => f.Length).ThenBy(f => f, StringComparer.Ordinal).Last();
        var metadata = TableMetadata.Parse(await File.ReadAllBytesAsync(location), location);
        var table = new Table(new TableIdentifier("clickhouse", "t"), metadata, location, io, catalog: null!);
        var scan = new DuckDbScan(new DataFileCache(io, $"{folder}/cache", 1 << 30));

        Assert.Equal(results[^1].TrimEnd('\n'), await QueryAsync(table.NewScan(), "count(*), sum(id)::BIGINT, count(region), sum(ratio)"));
        Assert.Equal("99", await QueryAsync(table.NewScan(), "count(*)"));
        Assert.Equal(DataContent.PositionDeletes, Assert.Single((await table.NewScan().PlanAsync(default)).DeleteFiles).DataFile.Content);

        Assert.Equal("9", await QueryAsync(table.NewScan().Filter(Expression.Equal("region", "x")), "count(*)"));
        Assert.Equal("0", await QueryAsync(table.NewScan().Filter(Expression.Equal("id", 33)), "count(*)"));
        Assert.Equal("42", await QueryAsync(table.NewScan().Filter(Expression.And(Expression.GreaterThan("ratio", 10.25), Expression.LessThan("id", 43))).Select("id"), "max(id)"));
        Assert.Equal(["100\t4950", "110\t5995", "99\t5412"], (await Task.WhenAll(metadata.Snapshots.Select(s => QueryAsync(table.NewScan().UseSnapshot(s.SnapshotId), "count(*), sum(id)::BIGINT")))));

        async Task<string> QueryAsync(TableScan of, string select)
        {
            using var command = db.CreateCommand();
            command.CommandText = $"SELECT {select} FROM {await scan.ToSqlAsync(of, default)}";
            using var reader = command.ExecuteReader();
            Assert.True(reader.Read());
            return string.Join('\t', Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? "NULL" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)));
        }
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
