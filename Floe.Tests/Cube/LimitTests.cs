using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Floe.Tests.Cube;

/// <summary>A shop with cubes that nobody should ask for, under tight limits.</summary>
public sealed class LimitedShop : IAsyncLifetime
{
    public const int Columns = 45;

    private static readonly string _broad = string.Concat(Enumerable.Range(0, Columns).Select(i => $"      - {{name: d{i}, sql: id, type: number}}\n"));

    private const string Model = """
        cubes:
          - name: Endless
            sql: "SELECT * FROM range(1000000000000) AS numbers(id)"
            dimensions: [{name: id, sql: id, type: number, primary_key: true, public: true}]
            measures: [{name: sum, sql: "hash(id)", type: sum}]
          - name: Wide
            sql: "SELECT id, md5(id::VARCHAR) || repeat('x', 200) AS name FROM range(20000000) AS numbers(id)"
            dimensions: [{name: name, sql: name, type: string}]
            measures: [{name: count, type: count}]
          - name: Gone
            sql_table: orders
            dimensions: [{name: lost, sql: no_such_column, type: string}, {name: status, sql: status, type: string}]
            measures: [{name: count, type: count}, {name: lost_sum, sql: "{CUBE}.neither", type: sum}]
        """;

    // Time only for what has no end: on a busy machine everything else may take seconds, too.
    private static readonly Dictionary<string, string?> _settings = new() { ["Cube:QueryTimeoutSeconds"] = "100", ["Cube:MemoryLimit"] = "300MB", ["Cube:ConcurrentQueries"] = "4" };

    private readonly TemporaryModel _model = new($"{Model}\n  - name: Broad\n    sql: \"SELECT * FROM range(60000) AS numbers(id)\"\n    dimensions:\n{_broad}");

    internal RunningCube Cube { get; private set; } = null!;

    public async Task InitializeAsync() => Cube = await _model.StartAsync(_settings);

    /// <summary>The same, where a query may take a second.</summary>
    internal Task<RunningCube> StartHurriedAsync() => _model.StartAsync(new Dictionary<string, string?>(_settings) { ["Cube:QueryTimeoutSeconds"] = "1" });

    public async Task DisposeAsync()
    {
        await Cube.DisposeAsync();
        _model.Dispose();
    }
}

/// <summary>What costs too much is refused in one sentence, and hurts nobody else.</summary>
public sealed class LimitTests(LimitedShop shop) : IClassFixture<LimitedShop>
{
    private const string Alive = """{"measures":["Orders.count"]}""";

    [Fact]
    public async Task A_query_without_end_is_cancelled()
    {
        await using var hurried = await shop.StartHurriedAsync();
        // Kept from now on; on a busy machine it may take more than its second, too.
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await hurried.LoadAsync(Alive)).Status != HttpStatusCode.OK) giveUp.Token.ThrowIfCancellationRequested();
        var endless = hurried.ErrorAsync("""{"measures":["Endless.sum"]}""");
        await AssertAliveAsync(hurried);
        Assert.Equal("Error: The query took longer than 1 s and was cancelled; ask for less data or a shorter range.", await endless);
        await AssertAliveAsync(hurried);
    }

    [Fact]
    public async Task A_query_that_needs_too_much_memory_is_refused()
    {
        Assert.Equal("Error: The query needs more memory than the engine has (300MB); ask for less data or fewer groups.", await shop.Cube.ErrorAsync("""{"measures":["Wide.count"],"dimensions":["Wide.name"]}"""));
        await AssertAliveAsync();
    }

    [Fact]
    public async Task An_answer_with_too_many_values_is_refused()
    {
        var columns = string.Join(',', Enumerable.Range(0, LimitedShop.Columns).Select(i => $"\"Broad.d{i}\""));
        Assert.Equal("Error: The answer has more than 2000000 values; ask for fewer rows (limit) or columns.", await shop.Cube.ErrorAsync($$"""{"dimensions":[{{columns}}],"ungrouped":true,"limit":50000}"""));
        Assert.Equal(40_000, (await shop.Cube.RowsAsync($$"""{"dimensions":[{{columns}}],"ungrouped":true,"limit":40000}""")).Count);
        var queries = string.Join(',', Enumerable.Range(0, 51).Select(_ => """{"measures":["Orders.count"],"timeDimensions":[{"dimension":"Orders.order_date","granularity":"day"}]}"""));
        Assert.Equal("The request has 51 queries; 50 can be answered together.", await shop.Cube.ErrorAsync($"[{queries}]"));
    }

    [Theory]
    [InlineData("""{"measures":["Gone.count"],"dimensions":["Gone.lost"]}""", "no_such_column")]
    [InlineData("""{"measures":["Gone.lost_sum"]}""", "neither")]
    [InlineData("""{"measures":["Gone.count"],"filters":[{"member":"Gone.lost","operator":"set"}]}""", "no_such_column")]
    public async Task A_column_that_is_not_there_is_named(string query, string column)
    {
        var error = await shop.Cube.ErrorAsync(query);
        Assert.StartsWith("Error: zz_more.yml:", error);
        Assert.Contains("cannot be computed: Binder Error: ", error);
        Assert.Contains($"\"{column}\"", error);
        Assert.DoesNotContain('\n', error);
        Assert.Equal(4, (await shop.Cube.RowsAsync("""{"measures":["Gone.count"],"dimensions":["Gone.status"]}""")).Count);
        await AssertAliveAsync();
    }

    [Fact]
    public async Task Slow_clients_hold_nobody_up()
    {
        var address = shop.Cube.Client.BaseAddress!;
        var query = Uri.EscapeDataString("""{"dimensions":["OrderItems.quantity_dim"],"ungrouped":true,"limit":50000}""");
        var slow = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                var client = new TcpClient { ReceiveBufferSize = 1024 };
                await client.ConnectAsync(address.Host, address.Port);
                slow.Add(client);
                // Half of them send a body that never ends, half ask for much and read nothing.
                var request = i % 2 == 0
                    ? $"POST /cubejs-api/v1/load HTTP/1.1\r\nHost: x\r\nAuthorization: {Tokens.Valid}\r\nContent-Type: application/json\r\nContent-Length: 500000\r\n\r\n{{\"query\":{{\"measures\":["
                    : $"GET /cubejs-api/v1/load?cache=no-cache&query={query} HTTP/1.1\r\nHost: x\r\nAuthorization: {Tokens.Valid}\r\n\r\n";
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            }
            for (var i = 0; i < 8; i++) await AssertAliveAsync();
        }
        finally
        {
            foreach (var client in slow) client.Dispose();
        }
        await AssertAliveAsync();
    }

    private async Task AssertAliveAsync(RunningCube? cube = null) => Assert.Equal("5000", (await (cube ?? shop.Cube).RowsAsync(Alive))[0]!["Orders.count"]!.GetValue<string>());
}
