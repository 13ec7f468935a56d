using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Schedule;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
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
    // 02:30 is skipped on 29 March, and shown twice on 25 October.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T01:30:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    public void The_next_time_of_a_cron_expression(string cron, string zone, string after, string next) => Assert.Equal(
        DateTimeOffset.Parse(next, CultureInfo.InvariantCulture),
        CronExpression.Parse(cron).Next(DateTimeOffset.Parse(after, CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById(zone)));

    [Theory]
    [InlineData("* * * *", "UTC", 100, "Cron is '* * * *'; it must have five fields")]
    [InlineData("60 * * * *", "UTC", 100, "Cron is '60 * * * *'; its minute '60' must be * or numbers from 0 to 59")]
    [InlineData("* 5-2 * * *", "UTC", 100, "Cron is '* 5-2 * * *'; its hour '5-2' must be")]
    [InlineData("*/0 * * * *", "UTC", 100, "Cron is '*/0 * * * *'; its minute '*/0' must be")]
    [InlineData("* * * * mon", "UTC", 100, "Cron is '* * * * mon'; its day of week 'mon' must be")]
    [InlineData("0 0 31 2 *", "UTC", 100, "Cron is '0 0 31 2 *'; it must name a time that comes")]
    [InlineData("* * * * *", "Mars/Olympus", 100, "TimeZone is 'Mars/Olympus'; it must be the name of a time zone")]
    [InlineData("* * * * *", "UTC", 10_001, "Orders is 10001; it must be 1 to 10000")]
    public void A_schedule_that_breaks_a_rule_is_named_with_its_value(string cron, string zone, int orders, string says) =>
        Assert.StartsWith(says, Assert.Single(new ScheduleOptions { Cron = cron, TimeZone = zone, Orders = orders }.Validate()));

    [Fact]
    public async Task Two_workers_ask_once_for_each_time_and_never_while_a_run_is_open()
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        // A clock for all: every wait moves it on.
        var time = new StepTime(GeneratedShop.Clock);
        var store = new RunStore(database, time);
        await store.EnsureSchemaAsync(default);
        var state = new WorkerState();
        state.BootstrapDone();
        var options = Options.Create(new ScheduleOptions { Cron = "*/5 * * * *", Orders = 7 });
        var schedules = Enumerable.Range(0, 2).Select(_ => new GenerateSchedule(store, new JobQueue(store, time), state, options, time, NullLogger<GenerateSchedule>.Instance)).ToList();
        foreach (var schedule in schedules)
            await schedule.StartAsync(default);
        for (var done = 0; done < 6;)
        {
            if (await store.TakeAsync(default) is not { } run)
            {
                await Task.Delay(5);
                continue;
            }

            Assert.Equal(("schedule", 7L), (run.Trigger, run.Parameters["orders"]!.GetValue<long>()));
            await store.FinishAsync(run.Id, null, default);
            done++;
        }

        foreach (var schedule in schedules)
            await schedule.StopAsync(default);
        await using var keys = database.CreateCommand("select idempotency_key from runs");
        await using var reader = await keys.ExecuteReaderAsync();
        var times = new List<DateTimeOffset>();
        while (await reader.ReadAsync())
            times.Add(DateTimeOffset.Parse(reader.GetString(0), CultureInfo.InvariantCulture));
        Assert.Equal(times.Count, times.Distinct().Count());
        Assert.All(times, t => Assert.Equal(0, t.UtcTicks % TimeSpan.FromMinutes(5).Ticks));
    }

    [Theory]
    [InlineData(Misfire.Once, 1)]
    [InlineData(Misfire.Skip, 0)]
    public async Task Times_that_passed_without_a_worker_are_one_run_or_none(Misfire misfire, int runs)
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        var store = new RunStore(database, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        // The last was two hours ago; the next would be in a year.
        var past = DateTimeOffset.UtcNow.AddHours(-2).ToString("u", CultureInfo.InvariantCulture);
        await store.FinishAsync((await store.AddAsync("generate", new JsonObject { ["orders"] = 7L }, "schedule", past, default)).Id, null, default);
        var state = new WorkerState();
        state.BootstrapDone();
        var hour = DateTimeOffset.UtcNow.AddHours(-1);
        var options = Options.Create(new ScheduleOptions { Cron = string.Create(CultureInfo.InvariantCulture, $"{hour.Minute} {hour.Hour} * * *"), Misfire = misfire });
        var schedule = new GenerateSchedule(store, new JobQueue(store, TimeProvider.System), state, options, TimeProvider.System, NullLogger<GenerateSchedule>.Instance);
        await schedule.StartAsync(default);
        if (runs > 0)
        {
            while (!await store.IsOpenAsync("generate", default))
                await Task.Delay(10);
        }

        await schedule.StopAsync(default);
        Assert.Equal(1 + runs, (await store.ListAsync(10, default)).Count);
    }

    [Fact]
    public async Task Of_many_that_find_the_tables_empty_one_seeds()
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        var store = new RunStore(database, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        var added = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => store.AddUnlessOpenAsync("seed", "sensor", default)));
        Assert.Single(added, true);
        Assert.Single(await store.ListAsync(20, default));
        await store.FinishAsync((await store.TakeAsync(default))!.Id, null, default);
        Assert.True(await store.AddUnlessOpenAsync("seed", "sensor", default));
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

        var catalog = worker.Services.GetRequiredService<ICatalog>();
        foreach (var table in Shop.Tables)
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

    /// <summary>Id of the latest of so many runs, which the sensor asked for.</summary>
    private static async Task<string> SeedAsync(HttpClient http, int count)
    {
        while (true)
        {
            using var response = await http.GetAsync("/api/runs");
            if (response.StatusCode == HttpStatusCode.OK && JsonNode.Parse(await response.Content.ReadAsStringAsync())!["runs"]!.AsArray() is { } runs && runs.Count == count)
            {
                Assert.All(runs, run => Assert.Equal(("seed", "sensor"), (run!["job"]!.ToString(), run["trigger"]!.ToString())));
                return runs[0]!["id"]!.ToString();
            }

            await Task.Delay(50);
        }
    }
}
