using System.Text;
using Floe.AppHost.Evidence;
using Floe.AppHost.Evidence.Checks;
using Floe.Tests.Cube;

namespace Floe.Tests.Evidence;

/// <summary>The AppHost's checks, each on what it must find, and on what it must not let pass.</summary>
public sealed class AppHostCheckTests
{
    private const string Secret = "Zq8w7/e5+r3t1y9u";

    [Fact]
    public async Task A_trace_with_all_stages_holds_and_each_stage_that_is_missing_is_named()
    {
        foreach (var missing in TraceCheck.Stages)
        {
            var (expected, actual) = await TraceAsync(TraceCheck.Stages.Except([missing]));
            Assert.NotEqual(expected, actual);
            Assert.EndsWith($"missing: {missing}", actual);
        }

        var whole = await TraceAsync(TraceCheck.Stages);
        Assert.Equal(whole.Expected, whole.Actual);
    }

    [Theory]
    [InlineData(Secret)]
    [InlineData("Zq8w7%2Fe5%2Br3t1y9u")]
    [InlineData("WnE4dzcvZTUrcjN0MXk5dQ==")]
    [InlineData(@"Zq8w7/e5\u002Br3t1y9u")]
    public async Task A_secret_that_stands_somewhere_fails_and_is_named_and_not_shown(string form)
    {
        var (expected, actual) = await SecretsAsync($"Host=x;Password={form};");
        Assert.NotEqual(expected, actual);
        Assert.Equal("the password in structured logs", actual);

        (expected, actual) = await SecretsAsync("Host=x;Password=***;");
        Assert.Equal(expected, actual);
        Assert.StartsWith("none of 1 secrets in ", expected);
    }

    [Fact]
    public async Task Sql_that_counts_otherwise_or_takes_any_password_fails()
    {
        await using var cube = await RunningCube.StartAsync(Path.Combine(RecordedShop.Folder, "model"), Path.Combine(RecordedShop.Folder, "data"), RecordedShop.Clock, new Dictionary<string, string?> { ["CUBEJS_PG_SQL_PORT"] = "0", ["CUBEJS_SQL_PASSWORD"] = "right" });
        await cube.WhenReadyAsync();
        var orders = long.Parse((await cube.RowsAsync("""{"measures":["Orders.count"]}"""))[0]!["Orders.count"]!.ToString());
        var right = new Npgsql.NpgsqlConnectionStringBuilder { Host = "127.0.0.1", Port = cube.SqlPort, Username = "cube", Password = "right", Database = "cube", Pooling = false };

        Assert.Equal(($"{orders} orders; wrong password 28P01", $"{orders} orders; wrong password 28P01"), await new SqlApiCheck(right, _ => Task.FromResult(orders)).RunAsync(default));
        var other = await new SqlApiCheck(right, _ => Task.FromResult(orders + 1)).RunAsync(default);
        Assert.NotEqual(other.Expected, other.Actual);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => new SqlApiCheck(new(right.ConnectionString) { Password = "other" }, _ => Task.FromResult(orders)).RunAsync(default));
    }

    [Fact]
    public void A_report_reads_back_and_its_table_shows_what_failed()
    {
        var report = new EvidenceReport(1, DateTimeOffset.UnixEpoch, 1234, EvidenceCheck.Fail,
        [
            new("store", "a | b", EvidenceCheck.Pass, "1", "1", null, 3, null),
            new("batch", "orders", EvidenceCheck.Fail, "2", "3 | 4", null, 5, new Dictionary<string, string> { ["traceId"] = "abc" }),
            new("trace", "", EvidenceCheck.Skip, null, null, "no dashboard", 0, null),
        ]);
        Assert.Equal(report.ToJson(), EvidenceReport.FromJson(report.ToJson()).ToJson());
        Assert.Equal("1 of 3 checks hold, in 1.2 s; failed: batch; not checked: trace.", report.Summary);
        Assert.Contains("| **`FAIL`** | `batch` | 2 | 3 \\| 4 | `5` |", report.ToMarkdown());
        Assert.Equal("FAIL batch: 3 | 4; expected 2 (5 ms)", report.Checks[1].ToString());
    }

    private static Task<(string Expected, string Actual)> TraceAsync(IEnumerable<TraceStage> stages)
    {
        // Whoever waits for what does not come: time passes quickly here.
        var time = new Emulators.ManualTime();
        return new TraceCheck(_ =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return Task.FromResult<IReadOnlyList<(string Service, string Span)>>([.. stages.Select(stage => (stage.Service, Span: $"{stage.Span}{(stage.Span[^1] is ' ' or '.' ? "x" : "")}"))]);
        }, TimeSpan.FromSeconds(6), time).RunAsync(default);
    }

    private static Task<(string Expected, string Actual)> SecretsAsync(string log) =>
        new SecretsCheck([("the password", Secret), ("too short to be told from text", "x")], [("console logs", _ => Task.FromResult("nothing"u8.ToArray())), ("structured logs", _ => Task.FromResult(Encoding.UTF8.GetBytes(log)))]).RunAsync(default);
}
