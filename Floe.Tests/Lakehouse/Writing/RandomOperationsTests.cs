using DuckDB.NET.Data;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Expressions;
using Floe.Lakehouse.Maintenance;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Xunit;

namespace Floe.Tests.Lakehouse.Writing;

/// <summary>Random changes of a table, and the same ones as plain SQL on a DuckDB table: after every commit both have equal rows, and so has every
/// earlier snapshot.</summary>
[Collection(LakehouseCollection.Name)]
public sealed class RandomOperationsTests(LakehouseFixture fixture)
{
    private const int Steps = 14;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Any_sequence_of_changes_gives_the_rows_that_sql_gives(int seed) => RunAsync(seed, Steps);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    public Task Long_sequences_too(int seed) => RunAsync(seed, 60);

    private async Task RunAsync(int seed, int steps)
    {
        var random = new Random(seed);
        await using var lake = await Lake.OpenAsync(fixture);
        var cow = new CopyOnWrite(lake.Lakehouse.Writer, lake.Lakehouse.Scan);
        var schema = new Schema([new(1, "id", PrimitiveType.Int, true), new(2, "g", PrimitiveType.String, false), new(3, "v", PrimitiveType.Decimal(9, 2), false), new(4, "at", PrimitiveType.Timestamp, false)]);
        var table = await lake.CreateAsync(schema, new PartitionSpec(0, [new(2, 1000, "g", Transform.Identity)]), properties: [("commit.manifest.min-count-to-merge", "3"), ("write.target-file-size-bytes", "20000")]);
        LocalTable.Execute(lake.Db, "CREATE TABLE model (id INTEGER, g VARCHAR, v DECIMAL(9,2), \"at\" TIMESTAMP)");
        var next = 0;
        var history = new List<(long Snapshot, string Rows)>();
        var log = new List<string>();

        for (var step = 0; step < steps; step++)
        {
            var (name, after) = await StepAsync();
            log.Add(name);
            table = after;
            var rows = Model();
            var found = await TableRowsAsync(table.NewScan());
            Assert.True(rows == found, $"seed {seed}, after {string.Join("; ", log)}:\nmodel {rows}\ntable {found}");
            if (table.Metadata.CurrentSnapshot is { } snapshot)
                Assert.Equal(LocalTable.Scalar<long>(lake.Db, "SELECT count(*) FROM model").ToString(), snapshot.Summary["total-records"]);
            if (table.Metadata.CurrentSnapshotId is { } id && history.All(h => h.Snapshot != id))
                history.Add((id, Keys()));
        }

        foreach (var (snapshot, keys) in history)
            Assert.True(keys == await KeysAsync(snapshot), $"seed {seed}, snapshot {snapshot} after {string.Join("; ", log)}");
        await StoredFiles.AssertNoneStrayAsync(table);

        async Task<(string, Table)> StepAsync()
        {
            switch (random.Next(11))
            {
                case 0 or 1 or 2:
                    var append = table.NewTransaction().Append(await lake.WriteAsync(table, NewRows(random.Next(1, 400))));
                    LocalTable.Execute(lake.Db, $"INSERT INTO model BY NAME SELECT * FROM fresh");
                    return ("append", await append.CommitAsync(default));
                case 3:
                    // Partitions that the new rows touch, under the spec of the moment: computed in SQL from what the table's files say.
                    var files = await lake.WriteAsync(table, NewRows(random.Next(1, 30)));
                    var touched = files.Select(Floe.Lakehouse.Manifests.PartitionKey.Of).ToHashSet();
                    var plan = await table.NewScan().PlanAsync(default);
                    var gone = plan with { Entries = [.. plan.Entries.Where(e => touched.Contains(Floe.Lakehouse.Manifests.PartitionKey.Of(e.DataFile)))] };
                    LocalTable.Execute(lake.Db, $"DELETE FROM model WHERE id IN (SELECT id FROM {await lake.Lakehouse.Scan.ToSqlAsync(gone, default)})");
                    LocalTable.Execute(lake.Db, $"INSERT INTO model BY NAME SELECT * FROM fresh");
                    return ("replace partitions", await table.NewTransaction().ReplacePartitions(files).CommitAsync(default));
                case 4 or 5:
                    var (delete, sql) = Filter();
                    LocalTable.Execute(lake.Db, $"DELETE FROM model WHERE {sql}");
                    return ($"delete {sql}", await (await cow.DeleteAsync(table.NewTransaction(), lake.Db, delete)).CommitAsync(default));
                case 6:
                    var (overwrite, where) = Filter();
                    var select = NewRows(random.Next(0, 20));
                    LocalTable.Execute(lake.Db, $"DELETE FROM model WHERE {where}; INSERT INTO model BY NAME SELECT * FROM fresh");
                    return ($"overwrite {where}", await (await cow.OverwriteAsync(table.NewTransaction(), lake.Db, overwrite, select)).CommitAsync(default));
                case 7:
                    return ("spec", await SpecAsync());
                case 8 when table.Schema.FindField("v")!.Type == PrimitiveType.Decimal(9, 2):
                    LocalTable.Execute(lake.Db, "ALTER TABLE model ALTER v TYPE DECIMAL(12,2); ALTER TABLE model ADD COLUMN extra BIGINT");
                    return ("widen and add", await table.NewTransaction().UpdateSchema(u => u.UpdateColumn("v", PrimitiveType.Decimal(12, 2)).AddColumn("extra", PrimitiveType.Long)).CommitAsync(default));
                case 9:
                    return ("sort", await table.NewTransaction().ReplaceSortOrder(o => o.Desc("v").Asc("id")).CommitAsync(default));
                default:
                    await new RewriteDataFiles(table, lake.Lakehouse.Scan, lake.Lakehouse.Writer) { MinInputFiles = 2 }.ExecuteAsync(default);
                    return ("compact", await table.RefreshAsync(default));
            }
        }

        Task<Table> SpecAsync() => table.NewTransaction().UpdateSpec(u =>
        {
            var fields = table.Metadata.PartitionSpec.Fields;
            if (fields.Count > 0 && random.Next(2) == 0)
                u.RemoveField(fields[random.Next(fields.Count)].Name);
            foreach (var (column, transform) in new[] { ("id", Transform.Bucket(3)), ("at", Transform.Day), ("g", Transform.Identity), ("v", Transform.Truncate(5000)) }.Skip(random.Next(4)).Take(1))
            {
                if (fields.All(f => f.SourceId != table.Schema.FindField(column)!.Id))
                    u.AddField(column, transform);
            }
        }).CommitAsync(default);

        (Expression, string) Filter()
        {
            var n = random.Next(Math.Max(1, next));
            var g = $"{(char)('a' + random.Next(4))}";
            return random.Next(6) switch
            {
                0 => (Expression.LessThan("id", n / 3), $"id < {n / 3}"),
                1 => (Expression.Equal("g", g), $"g = '{g}'"),
                2 => (Expression.And(Expression.GreaterThanOrEqual("v", n / 2m), Expression.NotEqual("g", g)), $"v >= {n / 2m} AND g <> '{g}'"),
                3 => (Expression.IsNull("g"), "g IS NULL"),
                4 => (Expression.In("id", n, n + 1, n + 7), $"id IN ({n}, {n + 1}, {n + 7})"),
                _ => (Expression.Not(Expression.Or(Expression.GreaterThan("id", n / 4), Expression.IsNull("v"))), $"NOT (id > {n / 4} OR v IS NULL)"),
            };
        }

        string NewRows(int count)
        {
            var extra = table.Schema.FindField("extra") is null ? "" : ", CASE WHEN i % 2 = 0 THEN i * 1000000000000 END AS extra";
            LocalTable.Execute(lake.Db, $"""
                CREATE OR REPLACE TABLE fresh AS SELECT i::INTEGER AS id, CASE WHEN i % 5 <> 4 THEN chr(97 + (i % 5)::INTEGER) END AS g,
                  CASE WHEN i % 7 <> 0 THEN (i * 0.75)::DECIMAL(9,2) END AS v, TIMESTAMP '1969-12-30' + INTERVAL (i * 7) HOUR AS at{extra} FROM range({next}, {next + count}) t(i)
                """);
            next += count;
            return "SELECT * FROM fresh";
        }

        string Model() => Text(LocalTable.Scalar<string>(lake.Db, "SELECT coalesce(string_agg(m::VARCHAR, ';' ORDER BY id), '') FROM model m"));
        string Keys() => LocalTable.Scalar<string>(lake.Db, "SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM model");
        async Task<string> TableRowsAsync(Floe.Lakehouse.Scans.TableScan scan) =>
            Text(LocalTable.Scalar<string>(lake.Db, $"SELECT coalesce(string_agg(m::VARCHAR, ';' ORDER BY id), '') FROM (SELECT * FROM {await lake.Lakehouse.Scan.ToSqlAsync(scan, default)}) m"));
        async Task<string> KeysAsync(long snapshot) =>
            LocalTable.Scalar<string>(lake.Db, $"SELECT coalesce(string_agg(id, ',' ORDER BY id), '') FROM {await lake.Lakehouse.Scan.ToSqlAsync(table, snapshot, default)}");

        static string Text(string rows) => rows.Length < 4000 ? rows : $"{rows.Length} {rows[..1500]} .. {rows[^1500..]} {string.GetHashCode(rows)}";
    }
}
