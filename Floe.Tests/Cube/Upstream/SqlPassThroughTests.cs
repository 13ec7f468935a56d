using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Floe.CubeProxy.SqlApi;
using Floe.ServiceDefaults.Configuration;
using Floe.Tests.Cube.SqlApi;
using Floe.Tests.Postgres;
using Npgsql;

namespace Floe.Tests.Cube.Upstream;

/// <summary>The SQL API before a Cube: users sign in here, Cube gets their claims, everything else goes through.</summary>
public sealed class SqlPassThroughTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task Users_sign_in_here_and_Cube_answers()
    {
        await TrustAsync();
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Floe.CubeProxy",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (spans) spans.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var comment = $"/*traceparent='00-{trace}-b7ad6b7169203331-01'*/";
        await using var cube = await ReplayedCube.StartAsync();
        await using var sql = new CubeSqlStandIn(postgres.Port);
        await using var proxy = await BehindAsync(cube, sql.Address);
        await using (var source = SqlClient.Connect(proxy, "ann", "the password of ann"))
        {
            Assert.Equal([["5"]], await source.RowsAsync("SELECT $1 + 3", 2));
            // More than any buffer holds.
            Assert.Equal(200_000, (await source.RowsAsync($"SELECT n, 'planted ' || n FROM generate_series(1, 200000) n {comment}")).Count);
            Assert.Equal("22012", (await source.ErrorAsync($"SELECT 'planted', 1 / 0 {comment}")).SqlState);
            Assert.Equal("42703", (await source.ErrorAsync($"SELECT planted {comment}")).SqlState);
            // Several at once, of which the second fails: what the server passes over after it has no span.
            await using (var several = await source.OpenConnectionAsync())
            await using (var batch = new NpgsqlBatch(several) { BatchCommands = { new($"SELECT 2 {comment}"), new($"SELECT 1 / 0 {comment}"), new($"SELECT 3 {comment}") } })
                await Assert.ThrowsAsync<PostgresException>(() => batch.ExecuteNonQueryAsync());
            // As psql sends them.
            using (var simple = await WireClient.SignInAsync(proxy.SqlPort, "ann", "the password of ann"))
                Assert.Equal("CTDCTDDCZ", await simple.TypesAsync(WireClient.Query($"SET statement_timeout = 0; SELECT 'planted'; SELECT n FROM generate_series(1, 2) n {comment}")));

            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("SELECT pg_sleep(120)", connection);
            using var impatient = new CancellationTokenSource();
            var running = command.ExecuteNonQueryAsync(impatient.Token);
            using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            await using (var other = await source.OpenConnectionAsync())
                while ((await other.RowsAsync("SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(120)'"))[0][0] != "1") await Task.Delay(20, giveUp.Token);
            await impatient.CancelAsync();
            Assert.Equal("57014", (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running)).InnerException is PostgresException cancelled ? cancelled.SqlState : null);
            Assert.Equal([["1"]], await connection.RowsAsync("SELECT 1"));
        }
        // One span for each query, in its client's trace; nothing of its text.
        List<Activity> traced;
        lock (spans) traced = [.. spans.Where(span => span.TraceId.ToHexString() == trace)];
        Assert.Equal(["SELECT 200000 ", "  22012", "  42703", "SELECT 1 ", "  22012", "SELECT 1 ", "SELECT 2 "], traced.Select(span => $"{span.GetTagItem("db.operation.name")} {span.GetTagItem("cube.row_count")} {span.GetTagItem("db.response.status_code")}"));
        Assert.All(traced, span => Assert.Equal(("cube.sql", "b7ad6b7169203331"), (span.OperationName, span.ParentSpanId.ToHexString())));
        Assert.Equal([ActivityStatusCode.Unset, ActivityStatusCode.Error], traced.Take(2).Select(span => span.Status));
        Assert.DoesNotContain(traced, span => span.TagObjects.Any(tag => $"{tag.Value}".Contains("planted", StringComparison.Ordinal)) || span.StatusDescription is not null);

        var (user, claims) = sql.SignedIn.First();
        Assert.Equal(("ann", "North"), (user, claims["region"]!.GetValue<string>()));
        Assert.Equal(60, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());

        var before = sql.SignedIn.Count;
        await using var wrong = SqlClient.Connect(proxy, "ann", "not the password of ann");
        Assert.Equal("28P01", (await wrong.ErrorAsync("SELECT 1")).SqlState);
        Assert.Equal(before, sql.SignedIn.Count);
    }

    [Fact]
    public async Task Without_Cubes_SQL_API_it_is_cannot_connect_now()
    {
        await using var cube = await ReplayedCube.StartAsync();
        // Taken, so that nobody else comes to listen there.
        using var nobody = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        nobody.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = nobody.LocalEndPoint!.ToString()!;
        await using var proxy = await BehindAsync(cube, address);
        await using var source = SqlClient.Connect(proxy, "ann", "the password of ann");
        var error = await source.ErrorAsync("SELECT 1");
        Assert.Equal("57P03", error.SqlState);
        Assert.StartsWith($"Cube's SQL API at {address} is not available: ", error.MessageText);
    }

    [Fact]
    public async Task Its_address_is_checked_at_the_start()
    {
        await using var cube = await ReplayedCube.StartAsync();
        Assert.Contains("set Floe:Cube:Sql to host:port", (await Assert.ThrowsAsync<ConfigurationException>(() => BehindAsync(cube, ""))).Message);
        Assert.Contains("Floe:Cube:Sql is 'cube'; write it as host:port", (await Assert.ThrowsAnyAsync<Exception>(() => BehindAsync(cube, "cube"))).Message);
    }

    private static Task<RunningCube> BehindAsync(ReplayedCube cube, string sql) => cube.BehindAsync(more:
    [
        ("Floe:Cube:Sql", sql), ("CUBEJS_PG_SQL_PORT", "0"), ($"{SqlApiSettings.Section}:Users:0:Name", "ann"), ($"{SqlApiSettings.Section}:Users:0:Password", "the password of ann"), ($"{SqlApiSettings.Section}:Users:0:Claims", """{"region":"North"}"""),
    ]);

    private async Task TrustAsync()
    {
        await using var source = NpgsqlDataSource.Create(postgres.ConnectionString);
        var file = (await source.RowsAsync("SHOW hba_file"))[0][0]!;
        await File.WriteAllTextAsync(file, "host all all 127.0.0.1/32 trust\n");
        await source.RowsAsync("SELECT pg_reload_conf()");
        // It takes effect a moment later.
        await using var anybody = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Password = "not the password", Pooling = false });
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                await using var connection = await anybody.OpenConnectionAsync(giveUp.Token);
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InvalidPassword)
            {
                await Task.Delay(20, giveUp.Token);
            }
        }
    }
}
