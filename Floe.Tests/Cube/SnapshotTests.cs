using System.Net;
using System.Text.Json;
using DuckDB.NET.Data;
using Floe.CubeProxy.Execution;
using Floe.CubeProxy.Model;
using Floe.CubeProxy.Planning;
using Floe.CubeProxy.Query;
using Floe.CubeProxy.Security;
using Floe.CubeProxy.Snapshots;

namespace Floe.Tests.Cube;

/// <summary>New data is swapped in while queries run; a query sees all of it or none.</summary>
public sealed class SnapshotTests : IDisposable
{
    private const string Model = """
        cubes:
          - name: Head
            sql_table: some_schema.heads
            joins:
              - name: Line
                sql: "{CUBE}.id = {Line}.head_id"
                relationship: one_to_many
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
            measures:
              - {name: total, sql: total, type: sum}
          - name: Line
            sql_table: lines
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true}
            measures:
              - {name: amount, sql: amount, type: sum}
        """;

    private readonly string _model = Directory.CreateTempSubdirectory("floe-model-").FullName;
    private readonly string _data = Directory.CreateTempSubdirectory("floe-data-").FullName;

    public SnapshotTests() => File.WriteAllText(Path.Combine(_model, "model.yml"), Model);

    public void Dispose()
    {
        Directory.Delete(_model, true);
        Directory.Delete(_data, true);
    }

    [Fact]
    public async Task Before_the_first_load_it_says_so_and_later_it_answers()
    {
        await using var cube = await RunningCube.StartAsync(_model, _data);
        Assert.Equal(HttpStatusCode.InternalServerError, (await cube.SendAsync(HttpMethod.Get, "/readyz", null)).Status);
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, "/livez", null)).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await cube.SendAsync(HttpMethod.Get, "/health", null)).Status);
        Assert.StartsWith("The data is not there yet: ", await cube.ErrorAsync("""{"measures":["Head.total"]}""", HttpStatusCode.ServiceUnavailable));
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, "/cubejs-api/v1/meta", Tokens.Valid)).Status);
        Assert.Equal("'nope' not found for path 'Head.nope'", await cube.ErrorAsync("""{"measures":["Head.nope"]}"""));

        Write(7);
        await cube.WhenReadyAsync();
        Assert.Equal("7", (await cube.RowsAsync("""{"measures":["Head.total"]}"""))[0]!["Head.total"]!.GetValue<string>());
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, "/health", null)).Status);
    }

    [Fact]
    public async Task Queries_see_one_set_while_sets_change_and_old_ones_go()
    {
        const int Versions = 25;
        var options = new EngineOptions { Threads = 2 };
        var model = ModelFolder.Read(_model);
        var plan = new QueryPlanner(model).Plan(new QueryNormalizer(TimeProvider.System).Normalize(JsonDocument.Parse("""{"measures":["Head.total","Line.amount"]}""").RootElement, null).Queries[0], SecurityContext.Nobody);
        TableName[] tables = [.. model.Cubes.Select(cube => cube.Table!.Value)];
        using var store = new SnapshotStore(options, TimeProvider.System);
        using var engine = new QueryEngine(options, TimeProvider.System);
        var source = new CountingSource();
        Assert.True(await store.RefreshAsync(source, tables, CancellationToken.None));
        Assert.False(await store.RefreshAsync(source, tables, CancellationToken.None));

        using var stop = new CancellationTokenSource();
        var reads = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var reader = store.Read()!;
                var first = (await engine.RunAsync(plan, reader, CancellationToken.None)).Rows.Single();
                var second = (await engine.RunAsync(plan, reader, CancellationToken.None)).Rows.Single();
                Assert.Equal(first[0], first[1]);
                Assert.Equal(first, second);
                Interlocked.Increment(ref reads);
            }
        })).ToList();
        for (var i = 0; i < Versions; i++)
        {
            var before = Volatile.Read(ref reads);
            source.Version++;
            Assert.True(await store.RefreshAsync(source, tables, CancellationToken.None));
            await WhenAsync(() => Task.FromResult(Volatile.Read(ref reads) > before || readers.Exists(reader => reader.IsCompleted)));
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers);

        using var last = store.Read()!;
        Assert.Equal([$"{Versions}", $"{Versions}"], (await engine.RunAsync(plan, last, CancellationToken.None)).Rows.Single());
        Assert.Equal("1 sets, 2 tables", Inventory(last));
    }

    [Fact]
    public async Task A_set_that_cannot_be_made_leaves_nothing_behind()
    {
        using var store = new SnapshotStore(new EngineOptions { Threads = 2 }, TimeProvider.System);
        var source = new CountingSource();
        // DuckDB does not tell the two names apart.
        await Assert.ThrowsAsync<DuckDBException>(() => store.RefreshAsync(source, [new TableName("", "lines"), new TableName("", "LINES")], CancellationToken.None));
        Assert.Null(store.Current);

        Assert.True(await store.RefreshAsync(source, [new TableName("", "lines")], CancellationToken.None));
        using var reader = store.Read()!;
        Assert.Equal("1 sets, 1 tables", Inventory(reader));
    }

    [Fact]
    public async Task A_query_whose_turn_does_not_come_is_refused()
    {
        var options = new EngineOptions { Threads = 2, ConcurrentQueries = 1, QueueTimeout = TimeSpan.FromMilliseconds(100) };
        var model = ModelFolder.Read(_model);
        var plan = PlanOf(model);
        using var store = new SnapshotStore(options, TimeProvider.System);
        using var engine = new QueryEngine(options, TimeProvider.System);
        await store.RefreshAsync(new CountingSource(), [.. model.Cubes.Select(cube => cube.Table!.Value)], CancellationToken.None);
        using var reader = store.Read()!;

        using var stop = new CancellationTokenSource();
        var running = engine.RunAsync(Endless(plan), reader, stop.Token);
        var error = await Assert.ThrowsAsync<CubeApiException>(() => engine.RunAsync(plan, reader, CancellationToken.None));
        Assert.Equal((503, "Error: 1 queries run already, and none ended within 0.1 s; try again in a moment."), (error.Status, error.Message));

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Single((await engine.RunAsync(plan, reader, CancellationToken.None)).Rows);
    }

    [Fact]
    public async Task A_query_ends_whenever_it_is_cancelled()
    {
        var options = new EngineOptions { Threads = 2, ConcurrentQueries = 1 };
        var model = ModelFolder.Read(_model);
        var endless = Endless(PlanOf(model));
        using var store = new SnapshotStore(options, TimeProvider.System);
        using var engine = new QueryEngine(options, TimeProvider.System);
        await store.RefreshAsync(new CountingSource(), [.. model.Cubes.Select(cube => cube.Table!.Value)], CancellationToken.None);
        using var reader = store.Read()!;
        for (var i = 0; i < 200; i++)
        {
            using var stop = new CancellationTokenSource();
            var running = engine.RunAsync(endless, reader, stop.Token);
            // Before it has begun, while it begins, when it runs.
            Thread.SpinWait(i * 100);
            stop.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    /// <summary>What the engine's database holds.</summary>
    private static string Inventory(SnapshotReader reader)
    {
        var connection = reader.Set.Rent();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT (SELECT count(*) FROM duckdb_databases() WHERE database_name LIKE 'set_%') || ' sets, ' || (SELECT count(*) FROM duckdb_tables() WHERE database_name LIKE 'data_%') || ' tables'";
        var inventory = (string)command.ExecuteScalar()!;
        reader.Set.Return(connection);
        return inventory;
    }

    [Fact]
    public async Task A_vanished_source_keeps_the_last_set_in_service()
    {
        Write(5);
        await using var cube = await RunningCube.StartAsync(_model, _data);
        await cube.WhenReadyAsync();
        File.Delete(Path.Combine(_data, "heads.csv"));
        await WhenAsync(async () => (await cube.SendAsync(HttpMethod.Get, "/health", null)).Body!.ToJsonString().Contains("has no heads.csv"));
        Assert.Equal(HttpStatusCode.OK, (await cube.SendAsync(HttpMethod.Get, "/readyz", null)).Status);
        Assert.Equal("5", (await cube.RowsAsync("""{"measures":["Head.total"]}"""))[0]!["Head.total"]!.GetValue<string>());
    }

    /// <summary>Tables whose versions change together.</summary>
    private static QueryPlan PlanOf(SemanticModel model) =>
        new QueryPlanner(model).Plan(new QueryNormalizer(TimeProvider.System).Normalize(JsonDocument.Parse("""{"measures":["Line.amount"]}""").RootElement, null).Queries[0], SecurityContext.Nobody);

    private static QueryPlan Endless(QueryPlan plan) => plan with { Sql = "SELECT count(*) FROM range(100000000) a, range(100000000) b" };

    private sealed class CountingSource : ITableSource
    {
        public int Version { get; set; }
        public string Name => "a counter";

        public Task<IReadOnlyDictionary<TableName, ITableVersion>> ReadVersionsAsync(IReadOnlyCollection<TableName> tables, CancellationToken ct) =>
            Task.FromResult<IReadOnlyDictionary<TableName, ITableVersion>>(tables.ToDictionary(table => table, ITableVersion (table) => new Counted(table, Version)));

        private sealed record Counted(TableName Table, int Version) : ITableVersion
        {
            public string Id => $"{Table}/{Version}";

            public string Snapshot => $"{Version}";

            public DateTimeOffset CommittedAt => DateTimeOffset.UnixEpoch;

            public Task<string> ToSqlAsync(DuckDBConnection db, CancellationToken ct) =>
                Task.FromResult($"SELECT 1 AS id, 1 AS head_id, {Version} AS total, {Version} AS amount");
        }
    }

    private void Write(int version)
    {
        Put("lines.csv", $"id,head_id,amount\n1,1,{version}\n");
        Put("heads.csv", $"id,total\n1,{version}\n");
    }

    private void Put(string name, string text)
    {
        var temporary = Path.Combine(_data, $"{name}.new");
        File.WriteAllText(temporary, text);
        File.Move(temporary, Path.Combine(_data, name), true);
    }

    private static async Task WhenAsync(Func<Task<bool>> condition)
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition()) await Task.Delay(10, giveUp.Token);
    }
}
