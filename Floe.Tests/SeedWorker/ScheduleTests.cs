using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Schedule;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>Runs that nobody asks for: by the clock, and because tables are empty.</summary>
public sealed class ScheduleTests(Street street) : IClassFixture<Street>
{
    [Theory]
    [InlineData("*/5 * * * *", "UTC", "2026-03-14T15:09:26Z", "2026-03-14T15:10:00Z")]
    [InlineData("*/5 * * * *", "UTC", "2026-03-14T15:10:00Z", "2026-03-14T15:15:00Z")]
    [InlineData("0 9 * * 1-5", "UTC", "2026-03-13T09:00:00Z", "2026-03-16T09:00:00Z")]
    [InlineData("30 6 * * 0", "UTC", "2026-03-14T00:00:00Z", "2026-03-15T06:30:00Z")]
    [InlineData("30 6 * * 7", "UTC", "2026-03-14T00:00:00Z", "2026-03-15T06:30:00Z")]
    [InlineData("0 0 1,15 * *", "UTC", "2026-12-16T00:00:00Z", "2027-01-01T00:00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-03-14T00:00:00Z", "2026-03-20T00:00:00Z")]
    [InlineData("0 12 29 2 *", "UTC", "2026-03-01T00:00:00Z", "2028-02-29T12:00:00Z")]
    [InlineData("59 23 31 12 *", "UTC", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z")]
    [InlineData("15/20 8-9 * * *", "UTC", "2026-03-14T08:36:00Z", "2026-03-14T08:55:00Z")]
    [InlineData("0 9 * * *", "Europe/Berlin", "2026-07-01T07:00:00Z", "2026-07-02T07:00:00Z")]
    [InlineData("0 9 * * *", "Asia/Kolkata", "2026-07-01T00:00:00Z", "2026-07-01T03:30:00Z")]
    // 02:30 does not come on 29 March, so 03:00 does for it; on 25 October it is shown twice.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    public void The_next_time_of_a_cron_expression(string cron, string zone, string after, string next) => Assert.Equal(
        DateTimeOffset.Parse(next, CultureInfo.InvariantCulture),
        TimeTable.Read(cron, TimeZoneInfo.FindSystemTimeZoneById(zone)).GetNextValidTimeAfter(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("* * * *", "UTC", 100, "Cron is '* * * *'; it must have five fields")]
    [InlineData("60 * * * *", "UTC", 100, "Cron is '60 * * * *'; it must be a cron expression")]
    [InlineData("* 25 * * *", "UTC", 100, "Cron is '* 25 * * *'; it must be a cron expression")]
    [InlineData("*/0 * * * *", "UTC", 100, "Cron is '*/0 * * * *'; it must be")]
    [InlineData("* * * * mox", "UTC", 100, "Cron is '* * * * mox'; it must be")]
    [InlineData("0 0 31 2 *", "UTC", 100, "Cron is '0 0 31 2 *'; it must name a time that comes")]
    [InlineData("* * * * *", "Mars/Olympus", 100, "TimeZone is 'Mars/Olympus'; it must be the name of a time zone")]
    [InlineData("* * * * *", "UTC", 10_001, "Orders is 10001; it must be 1 to 10000")]
    public void A_schedule_that_breaks_a_rule_is_named_with_its_value(string cron, string zone, int orders, string says) =>
        Assert.StartsWith(says, Assert.Single(new ScheduleOptions { Cron = cron, TimeZone = zone, Orders = orders }.Validate()));

    /// <summary>Two workers with clocks of their own, as far as the schedule is about: every second is one run, whoever asked for it.</summary>
    [Fact]
    public async Task Of_two_workers_one_asks_for_each_time()
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Schedule:Cron"], settings["Schedule:Orders"]) = ("* * * * * ?", "7");
        await using var first = await ScheduleAsync(settings);
        await using var second = await ScheduleAsync(settings);
        var store = first.Services.GetRequiredService<RunStore>();
        var runs = new List<Run>();
        while (runs.Count < 4)
        {
            if (await store.TakeAsync(default) is { } run)
            {
                Assert.Equal(("generate_orders", "schedule", 7L), (run.Job, run.Trigger, run.Parameters["orders"]!.GetValue<long>()));
                await store.FinishAsync(run.Id, null, default);
                runs.Add(run);
            }

            await Task.Delay(5);
        }

        await using var keys = first.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select idempotency_key from runs order by id");
        await using var reader = await keys.ExecuteReaderAsync();
        var times = new List<string>();
        while (await reader.ReadAsync())
            times.Add(reader.GetString(0));
        Assert.Equal(times.Count, times.Distinct().Count());
    }

    [Theory]
    [InlineData("Once", 1)]
    [InlineData("Skip", 0)]
    public async Task Times_that_passed_without_a_worker_are_one_run_or_none(string misfire, int runs)
    {
        var settings = await street.NewLakehouseAsync();
        // Never soon, by its own; and left alone at the second start, for it is the same.
        (settings["Schedule:Cron"], settings["Schedule:Misfire"]) = ("0 0 29 2 *", misfire);
        await using (var first = await ScheduleAsync(settings))
        {
            await using var late = first.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("update quartz.qrtz_triggers set next_fire_time = next_fire_time - 9 * 365 * 864000000000");
            Assert.Equal(1, await late.ExecuteNonQueryAsync());
        }

        await using var second = await ScheduleAsync(settings);
        var store = second.Services.GetRequiredService<RunStore>();
        while (runs > 0 && !await store.IsOpenAsync("generate_orders", default))
            await Task.Delay(10);
        await using var next = second.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select next_fire_time > 638000000000000000 from quartz.qrtz_triggers");
        while (!(bool)(await next.ExecuteScalarAsync())!)
            await Task.Delay(10);
        Assert.Equal(runs, (await store.ListAsync(10, default)).Count);
    }

    [Fact]
    public async Task The_stored_time_table_becomes_what_the_settings_say()
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Schedule:Cron"], settings["Schedule:MaintainCron"]) = ("0 6 * * 1", "30 4 * * *");
        Assert.Equal(["generate_orders 0 0 6 ? * MON UTC", "maintain 0 30 4 * * ? UTC"], await StoredAsync());
        (settings["Schedule:Cron"], settings["Schedule:MaintainCron"], settings["Schedule:TimeZone"]) = ("0 7 * * 1", "", "Europe/Berlin");
        Assert.Equal(["generate_orders 0 0 7 ? * MON Europe/Berlin"], await StoredAsync());

        async Task<string[]> StoredAsync()
        {
            await using var schedule = await ScheduleAsync(settings);
            await using var stored = schedule.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select trigger_name || ' ' || cron_expression || ' ' || time_zone_id from quartz.qrtz_cron_triggers order by 1");
            await using var reader = await stored.ExecuteReaderAsync();
            var lines = new List<string>();
            while (await reader.ReadAsync())
                lines.Add(reader.GetString(0));
            return [.. lines];
        }
    }

    [Fact]
    [Trait("Category", "Long")]
    public async Task A_database_that_is_away_when_the_schedule_begins_and_later_costs_a_wait()
    {
        var settings = await street.NewLakehouseAsync();
        var direct = new NpgsqlConnectionStringBuilder(settings["ConnectionStrings:floe"]);
        await using var cable = new Cable($"http://{direct.Host}:{direct.Port}");
        settings["ConnectionStrings:floe"] = new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = new Uri(cable.Endpoint).Port }.ConnectionString;
        settings["Schedule:Cron"] = "* * * * * ?";
        var log = new LogLines();
        await using var worker = Street.Worker(settings, log: log);
        await using var away = NpgsqlDataSource.Create(direct);
        var store = new RunStore(away, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        worker.Services.GetRequiredService<WorkerState>().BootstrapDone();
        worker.Services.GetRequiredService<WorkerState>().Idle();
        var schedule = worker.Services.GetRequiredService<RunSchedule>();

        cable.Cut();
        await schedule.StartAsync(default);
        await log.WaitForAsync("the schedule waits for PostgreSQL");
        for (var outage = 0; outage < 2; outage++)
        {
            cable.Mend();
            using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
            for (var runs = 0; runs < 2;)
            {
                if (await store.TakeAsync(default) is { } run)
                {
                    await store.FinishAsync(run.Id, null, default);
                    runs++;
                }

                await Task.Delay(20, patience.Token);
            }

            cable.Cut();
            // Until a time has come that found no database: the stored one is over, and nobody has moved it on.
            await using var stored = away.CreateCommand("select next_fire_time from quartz.qrtz_triggers");
            while (new DateTime((long)(await stored.ExecuteScalarAsync(patience.Token))!, DateTimeKind.Utc) > DateTime.UtcNow.AddSeconds(-1))
                await Task.Delay(20, patience.Token);
        }

        cable.Mend();
        await schedule.StopAsync(default);
    }

    [Fact]
    public async Task Of_many_that_find_the_tables_empty_one_seeds()
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        var store = new RunStore(database, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        var added = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => store.AddUnlessOpenAsync("seed_demo_data", "sensor", default)));
        Assert.Single(added, true);
        Assert.Single(await store.ListAsync(20, default));
        await store.FinishAsync((await store.TakeAsync(default))!.Id, null, default);
        Assert.True(await store.AddUnlessOpenAsync("seed_demo_data", "sensor", default));
    }

    [Fact]
    public async Task Tables_that_become_empty_are_seeded_again_and_runs_are_followed_as_they_go_on()
    {
        var settings = await street.NewLakehouseAsync();
        foreach (var (name, value) in new[] { ("Generation:Customers", "50"), ("Generation:Products", "20"), ("Generation:Orders", "200"), ("Schedule:SensorSeconds", "1") })
            settings[name] = value;
        await using var worker = Street.Worker(settings);
        await worker.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(worker.Urls.First()) };
        var first = await SeedAsync(http, 1);

        // Every event is the run as it was; the last is its end.
        using (var events = await http.GetAsync($"/api/runs/{first}/events", HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.Equal("text/event-stream", events.Content.Headers.ContentType!.MediaType);
            var text = await events.Content.ReadAsStringAsync();
            Assert.StartsWith("event: run\ndata: {\"id\":", text);
            Assert.Contains("\"state\":\"completed\"", text.TrimEnd().Split("\n\n")[^1]);
        }

        await ScheduleByApiAsync(http);
        var catalog = worker.Services.GetRequiredService<ICatalog>();
        // Orders last: without them the sensor takes the tables for empty, and a seeding must not find others that are about to be dropped.
        foreach (var table in Shop.Tables.OrderBy(table => table == Shop.Orders))
            await catalog.DropTableAsync(BronzeTables.Identifier(table), purge: false, default);
        var second = await SeedAsync(http, 2);
        using (var events = await http.GetAsync($"/api/runs/{second}/events"))
            Assert.Contains("\"state\":\"completed\"", (await events.Content.ReadAsStringAsync()).TrimEnd().Split("\n\n")[^1]);
        Assert.Equal(1, BronzeTables.LastBatch(await catalog.LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default))!.Number);

        using var unknown = await http.GetAsync($"/api/runs/{Guid.NewGuid()}/events");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var wrong = await http.GetAsync("/api/runs/x/events");
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        await worker.StopAsync();
    }

    private static async Task<Begun> ScheduleAsync(Dictionary<string, string?> settings)
    {
        var worker = Street.Worker(settings);
        await worker.Services.GetRequiredService<RunStore>().EnsureSchemaAsync(default);
        var state = worker.Services.GetRequiredService<WorkerState>();
        state.BootstrapDone();
        state.Idle();
        var schedule = worker.Services.GetServices<IHostedService>().OfType<RunSchedule>().Single();
        await schedule.StartAsync(default);
        await schedule.ExecuteTask!;
        return new Begun(worker, schedule);
    }

    private static async Task ScheduleByApiAsync(HttpClient http)
    {
        // It begins when the worker has nothing to do.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            using var begun = await http.GetAsync("/api/schedules", patience.Token);
            if (begun.StatusCode == HttpStatusCode.OK)
                break;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, begun.StatusCode);
            await Task.Delay(50, patience.Token);
        }

        foreach (var (job, body, status, field, says) in new[]
        {
            ("generate_orders", """{"cron": "61 * * * *"}""", 400, "cron", "is '61 * * * *'; it must be a cron expression"),
            ("generate_orders", """{"cron": 5}""", 400, "cron", "is 5; it must be a text"),
            ("generate_orders", """{"cron": "* * * * *", "timeZone": "Mars/Olympus"}""", 400, "timeZone", "is 'Mars/Olympus'; it must be the name of a time zone"),
            ("generate_orders", """{"cron": "* * * * *", "orders": 0}""", 400, "orders", "is 0; it must be a whole number from 1 to 10000"),
            ("generate_orders", "{}", 400, "cron", "is missing; it must be"),
            ("generate_orders", "[]", 400, "(body)", "JSON object"),
            ("nonsense", "{}", 404, null, "There is no job 'nonsense'"),
        })
        {
            using var refused = await http.PutAsync($"/api/schedules/{job}", Json(body));
            Assert.Equal(status, (int)refused.StatusCode);
            var problem = JsonNode.Parse(await refused.Content.ReadAsStringAsync())!;
            Assert.Contains(says, problem["detail"]!.ToString());
            Assert.Equal(field, problem["errors"]?[0]?["field"]?.ToString());
        }

        async Task<JsonNode> FirstAsync() => JsonNode.Parse(await http.GetStringAsync("/api/schedules"))!["schedules"]!.AsArray().Single(s => s!["job"]!.ToString() == "generate_orders")!;
        Assert.Null((await FirstAsync())["cron"]);
        using var set = await http.PutAsync("/api/schedules/generate_orders", Json("""{"cron": "0 0 1 1 *", "timeZone": "Europe/Berlin", "orders": 9}"""));
        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        var now = await FirstAsync();
        Assert.Equal(("0 0 1 1 *", "Europe/Berlin", "9"), (now["cron"]!.ToString(), now["timeZone"]!.ToString(), now["parameters"]!["orders"]!.ToString()));
        Assert.EndsWith("-12-31T23:00:00+00:00", now["nextAt"]!.ToString());
        using var never = await http.PutAsync("/api/schedules/generate_orders", Json("""{"cron": ""}"""));
        Assert.Equal(HttpStatusCode.OK, never.StatusCode);
        Assert.Null((await FirstAsync())["nextAt"]);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>Id of the latest of so many runs, which the sensor asked for.</summary>
    private static async Task<string> SeedAsync(HttpClient http, int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (true)
        {
            using var response = await http.GetAsync("/api/runs", patience.Token);
            if (response.StatusCode == HttpStatusCode.OK && JsonNode.Parse(await response.Content.ReadAsStringAsync())!["runs"]!.AsArray() is { } runs && runs.Count == count)
            {
                Assert.All(runs, run => Assert.Equal(("seed_demo_data", "sensor"), (run!["job"]!.ToString(), run["trigger"]!.ToString())));
                return runs[0]!["id"]!.ToString();
            }

            await Task.Delay(50, patience.Token);
        }
    }

    /// <summary>A worker's parts with its schedule begun, and nothing else.</summary>
    private sealed class Begun(WebApplication worker, RunSchedule schedule) : IAsyncDisposable
    {
        public IServiceProvider Services => worker.Services;

        public async ValueTask DisposeAsync()
        {
            await schedule.StopAsync(default);
            await worker.DisposeAsync();
        }
    }
}
