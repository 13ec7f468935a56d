using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Floe.Tests.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Floe.Tests.EndToEnd;

/// <summary>Everything that all services export, to the byte: the metrics that are promised, and nothing of what may not leave them.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class TelemetryContentTests(FloeStackFixture floe)
{
    private const string WrongToken = "eyJhbGciOiJIUzI1NiJ9.cGxhbnRlZC1wYXlsb2Fk.cGxhbnRlZC1zaWduYXR1cmU";

    [Fact]
    public async Task No_filter_value_no_row_no_email_and_no_secret_is_exported()
    {
        // What clients may send, and what goes wrong with it.
        var planted = new List<string> { WrongToken, "planted-password-81" };
        string Plant(string value)
        {
            planted.Add(value);
            return value;
        }

        await LoadAsync(HttpMethod.Get, $$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.region","operator":"equals","values":["{{Plant("planted-get-11")}}"]}]}""", HttpStatusCode.OK);
        await LoadAsync(HttpMethod.Post, $$"""{"measures":["Orders.count"],"filters":[{"member":"Customers.email","operator":"contains","values":["{{Plant("planted-post-21@example.com")}}"]}]}""", HttpStatusCode.OK);
        await LoadAsync(HttpMethod.Post, $$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.total_amount","operator":"gt","values":["{{Plant("planted-number-31")}}"]}]}""", HttpStatusCode.BadRequest);
        await LoadAsync(HttpMethod.Post, $$"""{"measures":["Orders.{{Plant("planted_member_41")}}"]}""", HttpStatusCode.BadRequest);
        using (var shown = await floe.CubeProxy.GetAsync($"/cubejs-api/v1/sql?query={Uri.EscapeDataString($$"""{"measures":["Orders.count"],"filters":[{"member":"Orders.status","operator":"equals","values":["{{Plant("planted-shown-45")}}"]}]}""")}"))
            Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        await LoadAsync(HttpMethod.Get, """{"measures":["Orders.count"]}""", HttpStatusCode.Forbidden, WrongToken);
        await using (var sql = await floe.ConnectSqlAsync())
        {
            await ExecuteAsync(sql, $"SELECT count(*) FROM Orders WHERE region = '{Plant("planted-literal-51")}'");
            await ExecuteAsync(sql, "SELECT count(*) FROM Orders WHERE region = $1", Plant("planted-parameter-61"));
            await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql, $"SELECT {Plant("planted_column_71")} FROM Orders"));
            await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql, $"SELECT count(*) FROM Orders WHERE total_amount > '{Plant("planted-text-72")}'"));
        }

        var address = floe.App.GetEndpoint("cubeproxy", "sql");
        await using (var stranger = new NpgsqlConnection($"Host={address.Host};Port={address.Port};Username=cube;Password={planted[1]};Database=cube;Pooling=false"))
            await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync());
        using (var run = await floe.SeedWorker.PostAsync("/api/jobs/generate_orders/runs", new StringContent($$"""{"orders":"{{Plant("planted-count-91")}}"}""", new MediaTypeHeaderValue("application/json"))))
            Assert.Equal(HttpStatusCode.BadRequest, run.StatusCode);

        // What is in the data, and what the stack itself keeps secret.
        List<string> rows = [];
        foreach (var (query, least) in new[] { ("""{"dimensions":["Customers.email","Customers.name"],"limit":2000}""", 500), ("""{"dimensions":["Products.name"],"limit":500}""", 100), ("""{"dimensions":["Orders.id"],"limit":2000}""", 2000) })
        {
            var values = (await floe.LoadAsync(query)).SelectMany(row => row!.AsObject().Select(cell => (string?)cell.Value)).OfType<string>().Where(text => text.Length > 5).Distinct().ToList();
            Assert.True(values.Count >= least, $"only {values.Count} values of {query}");
            rows.AddRange(values);
        }

        var secrets = new List<string> { floe.Token, "eyJhbGciOi" };
        foreach (var parameter in floe.App.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<ParameterResource>().Where(p => p.Secret))
            secrets.Add((await parameter.GetValueAsync(CancellationToken.None))!);
        Assert.True(secrets.Count > 5, $"only {secrets.Count} secrets");

        // All of it has arrived when the last query has, and the export of logs and metrics after it.
        var mark = Guid.NewGuid().ToString("N");
        await LoadAsync(HttpMethod.Get, """{"measures":["Orders.count"]}""", HttpStatusCode.OK, trace: mark);
        await FloeStackFixture.EventuallyAsync(() => Task.FromResult(floe.Telemetry.Spans.Any(s => s.TraceId == mark && s.Name == "cube.load")), found => found, "the last query's trace");
        var (metrics, logs) = (floe.Telemetry.Count("metrics"), floe.Telemetry.Logs.Count());
        await FloeStackFixture.EventuallyAsync(() => Task.FromResult((Metrics: floe.Telemetry.Count("metrics"), Refused: floe.Telemetry.Logs.Count(l => l.Contains("Refused a token", StringComparison.Ordinal)))), now => now.Metrics > metrics + 6 && now.Refused > 0, $"metrics after {metrics}, and the line about the wrong token beyond {logs} lines");

        // As they are, and as an address would have them.
        var forbidden = SearchValues.Create([.. planted.Concat(rows).Concat(secrets).SelectMany(text => new[] { text, Uri.EscapeDataString(text) }).Distinct()], StringComparison.Ordinal);
        var found = new List<string>();
        foreach (var body in floe.Telemetry.Bodies.Concat(floe.SecondReceiver.Bodies))
        {
            var text = Encoding.UTF8.GetString(body.Span).AsSpan();
            for (int at; (at = text.IndexOfAny(forbidden)) >= 0; text = text[(at + 1)..])
                found.Add(Around(text, at));
        }

        Assert.True(found.Count == 0, $"{found.Count} times something was exported that may not be:\n{string.Join('\n', found.Distinct().Take(20))}");
        // It was not silence: every service said something of each kind, each when it got round to it.
        await HaveAsync(["cubeproxy", "marquez", "minio", "polaris", "seedworker"], () => floe.Telemetry.Spans.Select(s => s.Service));
        await HaveAsync(["cubeproxy", "marquez", "minio", "polaris", "postgres", "seedworker"], () => floe.Telemetry.Points.Select(p => p.Service));
        await HaveAsync(["cube.load unknown_member ", "cube.sql 42703 42703"], () => floe.Telemetry.Spans.Where(s => s.Error is not null).Select(s => $"{s.Name} {s.Attributes.GetValueOrDefault("cube.error_type")} {s.Attributes.GetValueOrDefault("db.response.status_code")}"));

        static Task HaveAsync(string[] expected, Func<IEnumerable<string>> sent) =>
            FloeStackFixture.EventuallyAsync(() => Task.FromResult(expected.Except(sent()).ToList()), missing => missing.Count == 0, string.Join(", ", expected));

        static string Around(ReadOnlySpan<char> text, int at) => string.Concat(text[Math.Max(0, at - 80)..Math.Min(text.Length, at + 60)].ToString().Select(c => char.IsControl(c) ? ' ' : c));
    }

    [Fact]
    public async Task The_metrics_are_there_and_name_traces_by_exemplars()
    {
        // Twice: the engine's answer and the one that is kept.
        for (var i = 0; i < 2; i++)
            await LoadAsync(HttpMethod.Get, """{"measures":["Orders.total_revenue"],"dimensions":["Orders.status"]}""", HttpStatusCode.OK, trace: Guid.NewGuid().ToString("N"));
        await using (var sql = await floe.ConnectSqlAsync())
            await ExecuteAsync(sql, "SELECT count(*) FROM Orders");
        using (var asked = await floe.SeedWorker.PostAsync("/api/jobs/generate_orders/runs", new StringContent("""{"orders":2}""", new MediaTypeHeaderValue("application/json"))))
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        (string Service, string Name, string Unit, string Attributes)[] expected =
        [
            ("seedworker", "floe.rows.generated", "{row}", "floe.table"), ("seedworker", "floe.rows.committed", "{row}", "floe.table"),
            ("seedworker", "floe.files.written", "{file}", "floe.table"), ("seedworker", "floe.files.size", "By", "floe.table"),
            ("seedworker", "floe.commit.duration", "s", ""), ("seedworker", "floe.run.duration", "s", "floe.job,floe.state"), ("seedworker", "floe.run.wait", "s", "floe.job"),
            ("seedworker", "floe.queue.depth", "{run}", ""), ("cubeproxy", "floe.snapshot.lag", "s", "floe.table"), ("cubeproxy", "cube.query.duration", "s", "cube.api,cube.cache,cube.name"),
            ("cubeproxy", "cube.engine.running", "{query}", ""), ("cubeproxy", "cube.engine.connections", "{connection}", "state"),
            ("cubeproxy", "cube.sql.connections", "{connection}", ""), ("cubeproxy", "cube.cache.answers", "{answer}", ""), ("cubeproxy", "cube.cache.size", "By", ""),
            ("cubeproxy", "floe.lineage.delivered", "{event}", ""), ("cubeproxy", "floe.lineage.waiting", "{event}", ""),
            ("minio", "floe.s3.content.received", "By", ""), ("minio", "floe.s3.content.sent", "By", ""),
        ];
        await FloeStackFixture.EventuallyAsync(
            () => Task.FromResult(expected.Except(floe.Telemetry.Points.Select(p => (p.Service, p.Name, p.Unit, string.Join(',', p.Attributes.Keys.Order(StringComparer.Ordinal))))).Select(metric => $"{metric}").ToList()), missing => missing.Count == 0, "all metrics");
        Assert.Contains(floe.Telemetry.Points, p => p.Service == "seedworker" && p.Name.StartsWith("db.client.connection", StringComparison.Ordinal));
        foreach (var how in new[] { "rest miss", "rest hit", "sql " })
            await FloeStackFixture.EventuallyAsync(
                () => Task.FromResult(floe.Telemetry.Points.Where(p => p.Name == "cube.query.duration" && p.Attributes.GetValueOrDefault("cube.name") == "Orders").Select(p => $"{p.Attributes["cube.api"]} {p.Attributes.GetValueOrDefault("cube.cache")}").ToHashSet()),
                seen => seen.Any(one => one.StartsWith(how, StringComparison.Ordinal)), $"the duration of a query of Orders, {how}");
        foreach (var name in new[] { "cube.query.duration", "floe.snapshot.lag", "floe.run.duration", "floe.rows.committed" })
            await FloeStackFixture.EventuallyAsync(() => Task.FromResult(floe.Telemetry.Points.Any(p => p.Name == name && p.Exemplars > 0)), found => found, $"an exemplar of {name}");

        // Each is in the table of docs/telemetry.md, with its unit.
        var table = Docs.Pages.All["docs/telemetry.md"].Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToList();
        Assert.All(expected, metric => Assert.Contains(table, line => line.Contains($"`{metric.Name}`", StringComparison.Ordinal) && line.Contains($"| `{metric.Unit}` |", StringComparison.Ordinal)));
    }

    private async Task LoadAsync(HttpMethod method, string query, HttpStatusCode expected, string? token = null, string? trace = null)
    {
        using var request = method == HttpMethod.Get
            ? new HttpRequestMessage(method, $"/cubejs-api/v1/load?query={Uri.EscapeDataString(query)}")
            : new HttpRequestMessage(method, "/cubejs-api/v1/load") { Content = new StringContent($$"""{"query":{{query}}}""", new MediaTypeHeaderValue("application/json")) };
        if (trace is not null)
            request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await floe.CubeProxy.SendAsync(request);
        Assert.True(response.StatusCode == expected, $"{(int)response.StatusCode} for {query}: {await response.Content.ReadAsStringAsync()}");
    }

    private static async Task ExecuteAsync(NpgsqlConnection sql, string text, params object[] values)
    {
        await using var command = new NpgsqlCommand(text, sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteScalarAsync();
    }
}
