using System.Globalization;
using DuckDB.NET.Data;

namespace Floe.Tests.Cube;

/// <summary>Tables from a folder of one's own files: folders of Parquet files, times of every type, tables large enough to be compressed.</summary>
public sealed class FolderTests : IDisposable
{
    private const string Model = """
        cubes:
          - name: Events
            sql_table: any.events
            dimensions:
              - {name: zoned, sql: zoned, type: time}
              - {name: fine, sql: fine, type: time}
              - {name: day, sql: day, type: time}
              - {name: written, sql: written, type: time}
              - {name: kind, sql: kind, type: string}
            measures:
              - {name: count, type: count}
              - {name: total, sql: amount, type: sum}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("floe-folder-").FullName;

    public void Dispose() => Directory.Delete(_folder, true);

    [Fact]
    public async Task Parquet_files_of_a_folder_are_one_table()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "model"));
        await File.WriteAllTextAsync(Path.Combine(_folder, "model", "events.yml"), Model);
        var table = Path.Combine(_folder, "data", "events");
        Write(Path.Combine(table, "day=1"), "a", 0, 200_000);
        Write(Path.Combine(table, "day=2"), "b", 200_000, 400_000);
        await using var cube = await RunningCube.StartAsync(Path.Combine(_folder, "model"), Path.Combine(_folder, "data"));
        await cube.WhenReadyAsync();
        Assert.Equal(400_000, await CountAsync(cube));
        foreach (var time in (string[])["zoned", "fine", "day", "written"])
        {
            var rows = await cube.RowsAsync($$"""{"measures":["Events.count","Events.total"],"timeDimensions":[{"dimension":"Events.{{time}}","granularity":"year"}],"filters":[{"member":"Events.kind","operator":"equals","values":["kind 1"]}]}""");
            Assert.Equal(["2025-01-01T00:00:00.000", "2026-01-01T00:00:00.000"], rows.Select(row => row![$"Events.{time}"]!.GetValue<string>()));
            Assert.Equal(["100000", "33333"], rows.Select(row => row!["Events.count"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        }
        Write(Path.Combine(table, "day=3"), "c", 400_000, 400_010);
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await CountAsync(cube) != 400_010) await Task.Delay(20, giveUp.Token);
    }

    // A third of the rows is of each kind; the first 300,000 are of the last second of 2025 in UTC.
    private static void Write(string folder, string name, int from, int to)
    {
        Directory.CreateDirectory(folder);
        using var db = new DuckDBConnection("DataSource=:memory:");
        db.Open();
        using var command = db.CreateCommand();
        var time = "CASE WHEN id < 300000 THEN TIMESTAMP '2025-12-31 23:59:59' ELSE TIMESTAMP '2026-01-01' END";
        var path = Path.Combine(folder, $"{name}.parquet");
        command.CommandText = string.Create(CultureInfo.InvariantCulture,
            $"SET TimeZone = 'UTC'; COPY (SELECT id, 'kind ' || (id % 3) AS kind, id AS amount, ({time})::TIMESTAMPTZ AS zoned, ({time})::TIMESTAMP_NS AS fine, ({time})::DATE AS day, ({time})::VARCHAR AS written FROM range({from}, {to}) AS numbers(id)) TO '{path}.next' (FORMAT parquet)");
        command.ExecuteNonQuery();
        // Whole files appear only.
        File.Move($"{path}.next", path);
    }

    private static async Task<long> CountAsync(RunningCube cube) =>
        long.Parse((await cube.RowsAsync("""{"measures":["Events.count"]}"""))[0]!["Events.count"]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
