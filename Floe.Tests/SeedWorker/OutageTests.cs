using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Lineage;
using Floe.Tests.Lineage;
using Floe.SeedWorker.Transform;
using Floe.Tests.Postgres;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Xunit;

namespace Floe.Tests.SeedWorker;

/// <summary>What the worker does when the services below it go away.</summary>
public sealed class OutageTests(Street street) : IClassFixture<Street>
{
    [Fact]
    public async Task A_database_that_goes_away_and_comes_back_is_an_interruption_and_no_end()
    {
        var directory = Directory.CreateTempSubdirectory("floe-outage-").FullName;
        var postgres = await PostgresLauncher.Start(directory).ReadyAsync();
        try
        {
            var settings = await SettingsAsync();
            settings["ConnectionStrings:floe"] = postgres.ConnectionString;
            await using var worker = Street.Worker(settings);
            await worker.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(worker.Urls.First()) };
            await UntilAsync(async () => await StatesAsync(http) is ["completed"]);

            // It is lost in the middle of a run; one that was over before anybody looked is no use.
            var runs = 1;
            string[] states = [];
            do
            {
                using (var started = await http.PostAsJsonAsync("/api/jobs/generate_orders/runs", new { orders = 10_000 }))
                    Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
                runs++;
                await UntilAsync(async () => (states = await StatesAsync(http)) is ["running" or "completed", ..] && states.Length == runs);
            }
            while (states[0] == "completed");
            await postgres.DisposeAsync();
            using (var health = await http.GetAsync("/health"))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, health.StatusCode);
                Assert.Contains("PostgreSQL", (await health.Content.ReadFromJsonAsync<JsonObject>())!["checks"]!["runs"]!["description"]!.ToString());
            }

            using (var alive = await http.GetAsync("/alive"))
                Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

            postgres = await PostgresLauncher.Start(directory, port: postgres.Port).ReadyAsync();
            await UntilAsync(async () =>
            {
                using var started = await http.PostAsJsonAsync("/api/jobs/generate_orders/runs", new { orders = 30 });
                return started.StatusCode == HttpStatusCode.Accepted;
            });
            runs++;
            await UntilAsync(async () => (states = await StatesAsync(http)).Length == runs && states.All(state => state == "completed"));
            // A probe that took too long on a busy machine is asked again.
            await UntilAsync(async () =>
            {
                using var again = await http.GetAsync("/health");
                return again.StatusCode == HttpStatusCode.OK;
            });
            Assert.Equal(runs, BronzeTables.LastBatch(await worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default))!.Number);
            await worker.StopAsync();
        }
        finally
        {
            await postgres.DisposeAsync();
            Directory.Delete(directory, recursive: true);
        }
    }

    [Theory]
    [InlineData("catalog", "lakehouse")]
    [InlineData("store", "minio")]
    public Task A_catalog_or_store_that_goes_away_is_named_and_the_run_waits_for_it(string service, string connection) => WaitsAsync(service, connection, TimeSpan.Zero);

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("catalog", "lakehouse")]
    [InlineData("store", "minio")]
    public Task A_catalog_or_store_that_is_away_for_minutes_is_waited_for(string service, string connection) => WaitsAsync(service, connection, TimeSpan.FromMinutes(4));

    private async Task WaitsAsync(string service, string connection, TimeSpan away)
    {
        await using var cable = new Cable(service == "store" ? street.Minio.Endpoint : street.PolarisEndpoint);
        var settings = await SettingsAsync();
        foreach (var key in settings.Keys.Where(k => k.StartsWith("ConnectionStrings:", StringComparison.Ordinal)).ToList())
            settings[key] = settings[key]!.Replace(service == "store" ? street.Minio.Endpoint : street.PolarisEndpoint, cable.Endpoint, StringComparison.Ordinal);
        var log = new LogLines();
        await using var worker = Street.Worker(settings, log: log);
        await worker.StartAsync();
        using var http = new HttpClient { BaseAddress = new Uri(worker.Urls.First()) };
        await UntilAsync(async () => await StatesAsync(http) is ["completed"]);
        await UntilAsync(async () => (await HealthAsync(http, service)).Status == HttpStatusCode.OK);

        cable.Cut();
        using (var started = await http.PostAsJsonAsync("/api/jobs/generate_orders/runs", new { orders = 30 }))
            Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        await log.WaitForAsync($"the {service} fails, the runner tries until it answers");
        Assert.Equal(["running", "completed"], await StatesAsync(http));
        await UntilAsync(async () => await HealthAsync(http, service) is (HttpStatusCode.ServiceUnavailable, var said) && said.StartsWith($"the {service} (ConnectionStrings:{connection}) does not ", StringComparison.Ordinal));
        using (var alive = await http.GetAsync("/alive"))
            Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        await Task.Delay(away);
        Assert.Equal(["running", "completed"], await StatesAsync(http));
        cable.Mend();
        await UntilAsync(async () => await StatesAsync(http) is ["completed", "completed"]);
        Assert.All(await worker.Services.GetRequiredService<RunStore>().ListAsync(10, default), run => Assert.Equal(1, run.Attempt));
        await UntilAsync(async () => (await HealthAsync(http, service)).Status == HttpStatusCode.OK);
        await log.WaitForAsync($"the {service} answers again");
        Assert.Equal(2, BronzeTables.LastBatch(await worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default))!.Number);
        await worker.StopAsync();
    }

    /// <summary>The service answers whoever looks, and the job all the same not: an outage too short to be seen, or the job's own trouble.</summary>
    [Fact]
    public async Task A_run_that_fails_is_tried_again_and_fails_in_the_end()
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        var store = new RunStore(database, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        await using var runnerLock = new RunnerLock(database);
        Assert.True(await runnerLock.HoldAsync(default));
        var runner = Runner(new Unanswered(), store, runnerLock);
        var spans = new ConcurrentQueue<Activity>();
        using var asked = new Activity("asked").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Floe.SeedWorker",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == asked.TraceId)
                    spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        asked.ActivityTraceFlags |= ActivityTraceFlags.Recorded;
        var run = await store.AddAsync("unanswered", [], "api", null, default);
        asked.Stop();

        for (var attempt = 1; attempt < 3; attempt++)
        {
            await runner.ExecuteAsync(await TakeAsync(store), default);
            var waiting = (await store.FindAsync(run.Id, default))!;
            Assert.Equal((RunState.Pending, attempt + 1, "the catalog answers 503"), (waiting.State, waiting.Attempt, waiting.Error));
            Assert.Equal(waiting.NextAttemptAt, await store.NextAttemptAsync(default));
        }

        await runner.ExecuteAsync(await TakeAsync(store), default);
        var end = (await store.FindAsync(run.Id, default))!;
        Assert.Equal((RunState.Failed, 3, "the catalog answers 503"), (end.State, end.Attempt, end.Error));
        Assert.Equal([(1, "the catalog answers 503"), (2, "the catalog answers 503")], end.Failures.Select(f => (f.Attempt, f.Error)));
        // All attempts are in the trace of what asked for the run, each linked to the one before, with what failed.
        Assert.Equal(asked.TraceId.ToString(), run.TraceId);
        Assert.Equal([("run unanswered", asked.SpanId, 1), ("run unanswered", asked.SpanId, 2), ("run unanswered", asked.SpanId, 3)], spans.Select(s => (s.DisplayName, s.ParentSpanId, (int)s.GetTagItem("floe.attempt")!)));
        Assert.Equal(spans.SkipLast(1).Select(s => s.SpanId), spans.SelectMany(s => s.Links).Select(l => l.Context.SpanId));
        Assert.All(spans, s => Assert.Equal((ActivityStatusCode.Error, "polaris", "Floe.Lakehouse.Catalog.ServiceUnavailableException"), (s.Status, s.GetTagItem("floe.failed_resource"), s.GetTagItem("error.type"))));
        Assert.Contains("\"attempt\":3", System.Text.Json.JsonSerializer.Serialize(end, JobsJson.Readable.Run));
    }

    [Fact]
    public void Waits_double_up_to_the_longest_and_what_people_must_mend_is_not_tried_again()
    {
        var policy = new RetryPolicy(Options.Create(new RetryOptions { Attempts = 5, FirstDelaySeconds = 2, LongestDelaySeconds = 10 }));
        foreach (var (attempt, longest) in new[] { (1, 2.0), (2, 4.0), (3, 8.0), (4, 10.0) })
            Assert.All(Enumerable.Range(0, 50), _ => Assert.InRange(policy.After(attempt, new IOException("x"))!.Value.TotalSeconds, longest / 2, longest));
        Assert.Null(policy.After(5, new IOException("x")));
        foreach (var failure in new Exception[] { new JobRefusedException("x"), new InvalidDataException("x"), new TransformException("x") })
            Assert.Null(policy.After(1, failure));
        Assert.Equal(
            ["Attempts is 0; it must be 1 to 20.", "LongestDelaySeconds is 1; it must be 2 (FirstDelaySeconds) to 86400."],
            new RetryOptions { Attempts = 0, LongestDelaySeconds = 1 }.Validate());
    }

    /// <summary>The job fails by an outage in other words, and the database is back before the end is noted.</summary>
    [Fact]
    public async Task A_run_that_fails_in_an_outage_is_taken_up_again()
    {
        await using var database = NpgsqlDataSource.Create((await street.NewLakehouseAsync())["ConnectionStrings:floe"]!);
        var store = new RunStore(database, TimeProvider.System);
        await store.EnsureSchemaAsync(default);
        await using var runnerLock = new RunnerLock(database);
        Assert.True(await runnerLock.HoldAsync(default));
        var runner = Runner(new CutOff(database), store, runnerLock);
        var run = await store.AddAsync("cut", [], "api", null, default);

        await Assert.ThrowsAsync<RunInterruptedException>(async () => await runner.ExecuteAsync((await store.TakeAsync(default))!, default));
        Assert.Equal(RunState.Running, (await store.FindAsync(run.Id, default))!.State);
        Assert.True(await runnerLock.HoldAsync(default));
        Assert.Equal(1, await store.RecoverAsync(default));

        // From the second time on the failure is the job's own.
        for (var attempt = 0; attempt < 3; attempt++)
            await runner.ExecuteAsync(await TakeAsync(store), default);
        Assert.Equal((RunState.Failed, "the catalog answers 500"), ((await store.FindAsync(run.Id, default)) is { } end ? (end.State, end.Error) : default));
    }

    [Fact]
    public async Task Files_gone_below_the_catalog_end_the_start_with_a_sentence()
    {
        var settings = await SettingsAsync();
        await using (var first = Street.Worker(settings))
        {
            await first.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(first.Urls.First()) };
            await UntilAsync(async () => await StatesAsync(http) is ["completed"]);
            await first.StopAsync();
        }

        var bucket = settings["Lakehouse:Bucket"]!;
        var files = await street.Minio.Client.ListObjectsV2Async(new() { BucketName = bucket, Prefix = $"{bucket}/bronze/orders/metadata/" });
        foreach (var file in files.S3Objects)
            await street.Minio.Client.DeleteObjectAsync(bucket, file.Key);

        Assert.NotEmpty(files.S3Objects);
        await using var second = Street.Worker(settings);
        try
        {
            await second.StartAsync();
            await second.WaitForShutdownAsync().WaitAsync(TimeSpan.FromMinutes(3));
            Assert.Equal(65, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }

        var error = await Assert.ThrowsAsync<UnreadableTableException>(() => second.Services.GetRequiredService<BronzeTables>().AreEmptyAsync(default));
        Assert.StartsWith("The table bronze.orders cannot be loaded (", error.Message);
        Assert.EndsWith("or delete the data directory (.floe/data) to start from nothing.", error.Message);
    }

    private async Task<Dictionary<string, string?>> SettingsAsync()
    {
        var settings = await street.NewLakehouseAsync();
        (settings["Generation:Customers"], settings["Generation:Products"], settings["Generation:Orders"]) = ("50", "20", "200");
        return settings;
    }

    private static async Task<(HttpStatusCode Status, string Said)> HealthAsync(HttpClient http, string check)
    {
        using var health = await http.GetAsync("/health");
        return (health.StatusCode, (await health.Content.ReadFromJsonAsync<JsonObject>())!["checks"]![check]!["description"]!.ToString());
    }

    private static async Task<string[]> StatesAsync(HttpClient http)
    {
        using var response = await http.GetAsync("/api/runs");
        return response.IsSuccessStatusCode
            ? [.. (await response.Content.ReadFromJsonAsync<JsonObject>())!["runs"]!.AsArray().Select(r => r!["state"]!.ToString())]
            : [];
    }

    private static JobRunner Runner(IJob job, RunStore store, RunnerLock runnerLock)
    {
        var retry = new RetryPolicy(Options.Create(new RetryOptions { FirstDelaySeconds = 0.01, LongestDelaySeconds = 0.01 }));
        return new JobRunner([job], store, runnerLock, [], new WorkerState(), retry, new RunLineage(EmitterHost.Off, null!, TimeProvider.System), TimeProvider.System, NullLogger<JobRunner>.Instance);
    }

    private static async Task<Run> TakeAsync(RunStore store)
    {
        while (true)
        {
            if (await store.TakeAsync(default) is { } run)
                return run;
            await Task.Delay(5);
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await holds())
            await Task.Delay(50, patience.Token);
    }

    private sealed class Unanswered : IJob
    {
        public string Name => "unanswered";

        public JsonObject Parameters(JsonElement? request) => [];

        public Task RunAsync(RunContext run, CancellationToken ct) => throw new ServiceUnavailableException("the catalog answers 503");
    }

    /// <summary>Ends all connections of its database the first time, and fails every time.</summary>
    private sealed class CutOff(NpgsqlDataSource database) : IJob
    {
        private bool _done;

        public string Name => "cut";

        public JsonObject Parameters(JsonElement? request) => [];

        public async Task RunAsync(RunContext run, CancellationToken ct)
        {
            if (!_done)
            {
                _done = true;
                await using var admin = new NpgsqlConnection(database.ConnectionString + ";Pooling=false;Password=a password");
                await admin.OpenAsync(ct);
                await using var cut = new NpgsqlCommand("select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()", admin) { CommandTimeout = 120 };
                await cut.ExecuteNonQueryAsync(ct);
            }

            throw new InvalidOperationException("the catalog answers 500");
        }
    }
}
