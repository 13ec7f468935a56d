using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Contract;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.Tests.SeedWorker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Tests.Kubernetes;

/// <summary>The chart's seed Job beside a worker: its pods' own command lines and variables, run as processes.</summary>
[Collection(nameof(RenderedCharts))]
public sealed class SeedJobTests(RenderedCharts charts, Street street) : IClassFixture<Street>
{
    private const int Orders = 900;

    [SkippableFact]
    [Trait("Category", "Long")]
    public async Task The_parts_that_its_pods_make_are_one_batch_which_the_worker_brings_into_the_tables_once()
    {
        var job = charts.Get("floe-worker", "everything").OfKind("Job").Single(o => o["spec"]!["completionMode"]?.ToString() == "Indexed");
        var container = job["spec"]!["template"]!["spec"]!["containers"]![0]!;
        Assert.Equal(3, (int)job["spec"]!["completions"]!);

        var settings = await street.NewLakehouseAsync();
        // As the worker's Deployment has it beside the Job.
        var byParts = PodTemplate.Items(charts.Get("floe-worker", "everything").Get("Deployment", "floe-seedworker")["spec"]!["template"]!["spec"]!["containers"]![0]!["env"]).Single(v => v["name"]!.ToString() == "Generation__ByParts");
        await using var worker = Street.Worker(settings, own =>
        {
            own["Generation:ByParts"] = byParts["value"]!.ToString();
            own["Schedule:SensorSeconds"] = "1";
        });
        await worker.StartAsync();
        using var http = WorkerTests.Client(worker);

        // Two of three, one of them twice: a pod whose end nobody saw is started again. The lakehouse is being set up beside them.
        var first = await Task.WhenAll(PodAsync(container, 0, settings), PodAsync(container, 2, settings));
        Assert.All(first, pod => Assert.True(pod.ExitCode == 0 && pod.Output.Contains("rows in", StringComparison.Ordinal), pod.Output));
        var again = await PodAsync(container, 0, settings);
        Assert.True(again.ExitCode == 0 && again.Output.Contains("nothing to do", StringComparison.Ordinal), again.Output);
        Assert.Empty(await RunsAsync(http));

        Assert.Equal(0, (await PodAsync(container, 1, settings)).ExitCode);
        var run = await WorkerTests.FinishedAsync(http, await WorkerTests.SeedRunAsync(http).WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.True(run["state"]!.ToString() == "completed", run.ToJsonString());
        Assert.Equal(["collect", "commit", "build", "land"], run["steps"]!.AsArray().Select(s => s!["name"]!.ToString()));

        // After the fact a pod finds nothing to do, and nothing comes a second time.
        again = await PodAsync(container, 1, settings);
        Assert.True(again.ExitCode == 0 && again.Output.Contains("nothing to do", StringComparison.Ordinal), again.Output);
        Assert.Single(await RunsAsync(http));
        var bucket = settings["Lakehouse:Bucket"]!;
        Assert.Empty((await street.Minio.Client.ListObjectsV2Async(new() { BucketName = bucket, Prefix = $"{bucket}.parts/" })).S3Objects ?? []);

        // The same rows that one generator makes of the plan.
        var table = await worker.Services.GetRequiredService<ICatalog>().LoadTableAsync(BronzeTables.Identifier(Shop.Orders), default);
        var truth = new ShopGenerator(BronzeTables.LastBatch(table)!).TrueOrders().ToList();
        using var db = await worker.ReadAsync();
        Assert.Equal([Orders / 5, Orders / 10, Orders, 3 * Orders], Shop.Tables.Select(t => db.Count($"select count(*) from {t.FullName}")));
        Assert.Equal(Orders, db.Count("select count(distinct order_id) from bronze.orders"));
        Assert.Equal(truth.Sum(o => o.Total), db.Count("select (sum(total_amount) * 100)::bigint from bronze.orders"));
        Assert.Equal(truth.Sum(o => o.Total), db.Count("select (sum(subtotal) * 100)::bigint from bronze.order_items"));
    }

    /// <summary>A container of the Job with its arguments and its variables, of which the addresses and secrets are those of this lakehouse and the orders are fewer.</summary>
    private static async Task<(int ExitCode, string Output)> PodAsync(JsonNode container, int index, Dictionary<string, string?> settings)
    {
        var arguments = container["args"]!.AsArray().Select(a => a!.ToString().Replace("$(JOB_COMPLETION_INDEX)", index.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)).ToList();
        arguments[arguments.IndexOf("--orders") + 1] = Orders.ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Floe.SeedWorker.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in PodTemplate.Items(container["env"]).Select(v => v["name"]!.ToString()))
            start.Environment[name] = settings.GetValueOrDefault(name.Replace("__", ":", StringComparison.Ordinal)) ?? "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, output + await error);
    }

    private static async Task<JsonArray> RunsAsync(HttpClient http) => (await http.GetFromJsonAsync<JsonObject>("/api/runs"))!["runs"]!.AsArray();
}
