using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Contract;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Transform;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Jobs;

/// <summary>Fills empty tables with the first batch and builds the marts. Tables that are seeded are left alone.</summary>
public sealed class SeedJob(
    BronzeTables bronze, BatchIngest ingest, StagedBatch staged, TransformPipeline transform, IOptions<GenerationOptions> options, TimeProvider time, ILogger<SeedJob> log) : IJob
{
    /// <summary>Name of the job.</summary>
    public const string JobName = "seed_demo_data";

    private static readonly string[] s_names = ["customers", "products", "orders", "items", "historyDays", "nullRate", "duplicateRate", "lateArrivalRate"];

    /// <inheritdoc/>
    public string Name => JobName;

    /// <inheritdoc/>
    public JsonObject Parameters(JsonElement? request)
    {
        var parameters = new JsonObject();
        foreach (var (name, value) in JobParameters.Members(request, s_names))
        {
            if (value.ValueKind != JsonValueKind.Number)
                throw new JobParameterException(name, JobParameters.Shown(value), "it must be a number");
            if (!name.EndsWith("Rate", StringComparison.Ordinal) && !value.TryGetInt64(out _))
                throw new JobParameterException(name, JobParameters.Shown(value), "it must be a whole number");
            parameters[name] = JsonNode.Parse(value.GetRawText());
        }

        // The same rules as the settings', which say them in the same form.
        if (With(parameters).Validate().FirstOrDefault() is { } broken && broken.Split([" is ", "; "], 3, StringSplitOptions.None) is [var field, var given, var rule])
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(field);
            throw new JobParameterException(name, parameters[name]?.ToJsonString() ?? given, rule.TrimEnd('.'));
        }

        return parameters;
    }

    /// <inheritdoc/>
    public async Task RunAsync(RunContext run, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        var tables = await bronze.EnsureAsync(ct);
        if (BronzeTables.LastBatch(tables[Shop.Orders.Name]) is { } last)
        {
            log.LogInformation("{Job}: the tables have batch {Batch} already, nothing to generate", JobName, last.Number);
        }
        else
        {
            var (batch, snapshots) = options.Value.ByParts
                ? await CollectAsync(run, tables, ct)
                : await run.IngestAsync(ingest, BatchPlan.First(With(run.Parameters), time.GetUtcNow()), tables, ct);
            log.LogInformation(
                "{Job}: {Customers:N0} customers, {Products:N0} products, {Orders:N0} orders, {Items:N0} items committed in {Seconds:0.0} s (snapshots {Snapshots})",
                JobName, batch.Rows(Shop.Customers), batch.Rows(Shop.Products), batch.Rows(Shop.Orders), batch.Rows(Shop.OrderItems),
                time.GetElapsedTime(started).TotalSeconds, string.Join(", ", snapshots.Values.Select(s => s.ToString(CultureInfo.InvariantCulture))));
        }

        // Also those that a run left behind that was cut off after its commit.
        if (options.Value.ByParts)
            await staged.RemoveAsync(ct);
        await transform.RunAsync(run, ct);
    }

    private async Task<(WrittenBatch Batch, IReadOnlyDictionary<string, long> Snapshots)> CollectAsync(RunContext run, IReadOnlyDictionary<string, Table> tables, CancellationToken ct)
    {
        var batch = await run.StepAsync("collect", async step =>
        {
            var (found, parts) = await staged.FindAsync(tables, ct);
            (step.Rows, step.Detail) = (found.TotalRows, string.Create(CultureInfo.InvariantCulture, $"{parts} parts"));
            return found;
        });
        return (batch, await run.CommitAsync(ingest, batch, ct));
    }

    /// <summary>The settings, with what a run asks for in their place.</summary>
    private GenerationOptions With(JsonObject parameters)
    {
        var settings = options.Value;
        long? Count(string name) => parameters[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<long>() : null;
        double? Rate(string name) => parameters[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.Deserialize<double>() : null;
        return new GenerationOptions
        {
            Seed = settings.Seed,
            // Beyond the range of the setting is beyond its rule, too.
            Customers = (int)Math.Clamp(Count("customers") ?? settings.Customers, int.MinValue, int.MaxValue),
            Products = (int)Math.Clamp(Count("products") ?? settings.Products, int.MinValue, int.MaxValue),
            Orders = Count("orders") ?? settings.Orders,
            // The setting is about the orders of the settings.
            Items = Count("items") ?? (Count("orders") is null ? settings.Items : null),
            HistoryDays = (int)Math.Clamp(Count("historyDays") ?? settings.HistoryDays, int.MinValue, int.MaxValue),
            NullRate = Rate("nullRate") ?? settings.NullRate,
            DuplicateRate = Rate("duplicateRate") ?? settings.DuplicateRate,
            LateArrivalRate = Rate("lateArrivalRate") ?? settings.LateArrivalRate,
            MaxLateDays = settings.MaxLateDays,
        };
    }
}
