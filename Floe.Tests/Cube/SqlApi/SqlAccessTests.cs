using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Floe.CubeProxy.SqlApi;
using Npgsql;

namespace Floe.Tests.Cube.SqlApi;

/// <summary>Who may see what; how many may ask, for how long; encrypted.</summary>
public sealed class SqlAccessTests : IAsyncLifetime
{
    private const string Policy = """
            access_policy:
              - role: seller
                row_level:
                  filters:
                    - {member: region, operator: equals, values: ["{ securityContext.region }"]}
                member_level:
                  includes: "*"
                  excludes: [max_order]

        """;

    private const string Slow = """
        cubes:
          - name: Slow
            sql: "SELECT range AS id FROM range(40000000000)"
            dimensions:
              - {name: id, sql: id, type: number, primary_key: true, public: true}
            measures:
              - {name: waves, sql: "sin({CUBE}.id)", type: sum}
        views:
          - name: sales
            cubes:
              - {join_path: Orders, includes: [count, status, region]}
        """;

    private const int MostConnections = 5;
    private const string Password = "of a user with claims";

    private readonly string _pem = Path.Combine(Directory.CreateTempSubdirectory("floe-tls-").FullName, "sql.pem");
    private readonly TemporaryModel _model = new(Slow, (file, text) => file == "orders.yml" ? text.Replace("    dimensions:\n", $"{Policy}    dimensions:\n") : text);
    private RunningCube _cube = null!;

    public async Task InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await File.WriteAllTextAsync(_pem, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}");
        _cube = await StartAsync(connections: 100, signInSeconds: 120);
    }

    private Task<RunningCube> StartAsync(int connections, int signInSeconds) => _model.StartAsync(new Dictionary<string, string?>
    {
        [SqlApiSettings.PortKey] = "0",
        ["CubeSql:Users:0:Name"] = "north", ["CubeSql:Users:0:Password"] = Password, ["CubeSql:Users:0:Claims"] = """{"role":"seller","region":"North"}""",
        ["CubeSql:Users:1:Name"] = "nobody", ["CubeSql:Users:1:Password"] = Password,
        ["CubeSql:Users:2:Name"] = "lost", ["CubeSql:Users:2:Password"] = Password, ["CubeSql:Users:2:Claims"] = """{"role":"seller"}""",
        ["CubeSql:Connections"] = $"{connections}", ["CubeSql:SignInSeconds"] = $"{signInSeconds}", ["CubeSql:Certificate"] = _pem,
        ["Cube:ConcurrentQueries"] = "1",
    });

    public async Task DisposeAsync()
    {
        await _cube.DisposeAsync();
        _model.Dispose();
        Directory.Delete(Path.GetDirectoryName(_pem)!, true);
    }

    [Fact]
    public async Task Rows_members_and_the_catalog_are_those_of_the_users_claims()
    {
        await using var north = As("north");
        var all = ShopRows.Read(Path.Combine(RecordedShop.Folder, "data")).OrdersOnly.Count(row => row.Order!.Region == "North");
        foreach (var sql in (string[])["SELECT count(*) FROM Orders", "SELECT MEASURE(count) FROM sales", "SELECT count(*) FROM (SELECT status FROM Orders) t", "SELECT count(*) FROM Orders WHERE upper(status) <> 'x'", "SELECT count(*) FROM Orders WHERE region <> 'South' OR region = 'South' OR region IS NULL"])
            Assert.Equal($"{all}", Assert.Single(await north.RowsAsync(sql))[0]);
        Assert.Equal("42501", (await north.ErrorAsync("SELECT MEASURE(max_order) FROM Orders")).SqlState);
        Assert.DoesNotContain((await north.RowsAsync("SELECT attname FROM pg_attribute")), row => row[0] == "max_order");
        Assert.Equal(["North"], (await north.RowsAsync("SELECT DISTINCT region FROM Orders")).Select(row => row[0]));
        Assert.Equal(["North"], (await north.RowsAsync("SELECT region FROM Orders")).Select(row => row[0]).Distinct());

        foreach (var (user, why) in (ValueTuple<string, string>[])[("nobody", "none of its access policies applies"), ("lost", "needs the claim 'region'")])
        {
            await using var source = As(user);
            foreach (var sql in (string[])["SELECT count(*) FROM Orders", "SELECT * FROM Orders", "SELECT 1 FROM Orders", "SELECT MEASURE(Customers.lifetime_value) FROM Customers", "SELECT count(*) FROM sales", "SELECT * FROM (SELECT * FROM Orders) t", "SELECT count(*) FROM Orders WHERE 1 = 0"])
            {
                var error = await source.ErrorAsync(sql);
                Assert.Contains(why, error.MessageText);
                Assert.Equal("42501", error.SqlState);
            }
            Assert.Equal("1000", Assert.Single(await source.RowsAsync("SELECT count(*) FROM Customers"))[0]);
        }
        await using var outside = As("nobody");
        Assert.DoesNotContain(await outside.RowsAsync("SELECT relname FROM pg_class"), row => row[0] == "Orders");
    }

    [Fact]
    public async Task A_query_that_nobody_waits_for_ends()
    {
        // There is room for one query: the next can only be answered when the one before has ended.
        await using var source = As("nobody");
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var command = new NpgsqlCommand("SELECT MEASURE(waves) FROM Slow", connection);
            using var cancel = new CancellationTokenSource();
            var running = command.ExecuteScalarAsync(cancel.Token);
            await UnderWayAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
            Assert.Equal("1000", Assert.Single(await connection.RowsAsync("SELECT count(*) FROM Customers"))[0]);
        }
        using (var gone = await WireClient.SignInAsync(_cube.SqlPort, "nobody", Password))
        {
            await gone.SendAsync(WireClient.Query("SELECT MEASURE(waves) + 1 FROM Slow"));
            await UnderWayAsync();
        }
        Assert.Equal("500", Assert.Single(await source.RowsAsync("SELECT count(*) FROM Products"))[0]);
    }

    [Fact]
    public async Task Connections_are_encrypted_and_counted_and_wait_for_nobody()
    {
        await using var source = As("nobody", text => text.SslMode = SslMode.Require);
        Assert.Equal("1", Assert.Single(await source.RowsAsync("SELECT 1"))[0]);
        // Too much for one TLS record, and for one write.
        Assert.Equal(15000, (await source.RowsAsync("SELECT * FROM OrderItems")).Count);

        await using var few = await StartAsync(MostConnections, signInSeconds: 5);
        var silent = new List<WireClient>();
        for (var i = 0; i < MostConnections; i++) silent.Add(await LetInAsync(few.SqlPort));
        using (var more = await WireClient.ConnectAsync(few.SqlPort)) Assert.Equal("53300", (await more.LastWordsAsync()).State);
        // Who does not sign in is put out, and there is room again.
        foreach (var client in silent)
        {
            using (client) Assert.Equal("28000", (await client.LastWordsAsync()).State);
        }
        await using var again = As("nobody", text => text.SslMode = SslMode.Require, few);
        Assert.Equal("1", Assert.Single(await again.RowsAsync("SELECT 1"))[0]);
    }

    /// <summary>Waits until a query is worked for.</summary>
    private async Task UnderWayAsync()
    {
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (_cube.Answers.Waiting == 0) await Task.Delay(10, giveUp.Token);
    }

    /// <summary>A connection that counts: who is let in gets an answer, here that GSS is not spoken. Those that come one after the other are not counted in that order.</summary>
    private static async Task<WireClient> LetInAsync(int port)
    {
        var client = await WireClient.ConnectAsync(port);
        await client.SendAsync([.. WireClient.Int32(8), .. WireClient.Int32(80877104)]);
        Assert.Equal((byte)'N', await client.ReadByteAsync());
        return client;
    }

    private NpgsqlDataSource As(string user, Action<NpgsqlConnectionStringBuilder>? change = null, RunningCube? cube = null) => SqlClient.Connect(cube ?? _cube, user, Password, text =>
    {
        text.Pooling = false;
        change?.Invoke(text);
    });
}
