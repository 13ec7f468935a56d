using System.Globalization;
using Floe.Lakehouse;
using Floe.Lakehouse.Tables;
using Floe.SeedWorker.Ingest;
using Floe.ServiceDefaults.Http;

namespace Floe.SeedWorker.Generation.CommandLine;

/// <summary>A part of the first batch as data files of the lakehouse's tables, with a note by which the worker finds them.</summary>
internal static class LakehousePart
{
    /// <summary>Exit code for a lakehouse that stays away (sysexits.h, EX_TEMPFAIL).</summary>
    public const int NotSetUp = 75;

    // The worker may be starting beside this.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Writes the part.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> WriteAsync(GenerateRequest request, Screen screen, TimeProvider time, CancellationToken ct)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "seedworker" });
        builder.Configuration.AddEnvironmentVariables();
        builder.AddProcessDefaults();
        builder.Services.AddSingleton(time).AddLakehouse(builder.Configuration).AddSingleton<BronzeTables>().AddSingleton<BatchWriter>().AddSingleton<StagedParts>();
        using var host = builder.Build();
        await host.StartAsync(ct);
        try
        {
            var started = time.GetTimestamp();
            if (await TablesAsync(host.Services.GetRequiredService<BronzeTables>(), screen, time, ct) is not { } tables)
                return NotSetUp;
            await screen.Output.WriteLineAsync(await WriteAsync(request, tables, host.Services, ct) is { } batch
                ? string.Create(CultureInfo.InvariantCulture, $"part {request.Shard.Number} of {request.Shard.Of}: {batch.TotalRows:N0} rows in {batch.Files.Sum(f => f.Files.Count)} files in {time.GetElapsedTime(started).TotalSeconds:0.00} s; the worker brings them into the tables when all parts are there")
                : $"part {request.Shard.Number} of {request.Shard.Of}: nothing to do, the tables or the part are there");
            return 0;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<WrittenBatch?> WriteAsync(GenerateRequest request, IReadOnlyDictionary<string, Table> tables, IServiceProvider services, CancellationToken ct)
    {
        var (plan, parts) = (BatchPlan.First(request.Shop, request.From, request.To), services.GetRequiredService<StagedParts>());
        if (tables.Values.Any(table => BronzeTables.LastBatch(table) is not null) || await parts.HasAsync(plan.ToJson(), request.Shard.Number, request.Shard.Of, ct))
            return null;
        var batch = await services.GetRequiredService<BatchWriter>().WriteAsync(plan, tables, request.Shard, ct);
        await parts.AddAsync(new(plan.ToJson(), request.Shard.Number, request.Shard.Of, batch.Files.ToDictionary(f => f.Table.Identifier.Name, f => f.Files)), ct);
        return batch;
    }

    /// <summary>The tables, when catalog and store are set up; null when they are not in time.</summary>
    private static async Task<IReadOnlyDictionary<string, Table>?> TablesAsync(BronzeTables bronze, Screen screen, TimeProvider time, CancellationToken ct)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                return await bronze.EnsureAsync(ct);
            }
            catch (Exception e) when (e is LakehouseException || ConnectionFailure.Is(e))
            {
                if (time.GetElapsedTime(started) > s_patience)
                {
                    await screen.Errors.WriteLineAsync($"generate: the lakehouse is not set up after {s_patience.TotalMinutes:0} minutes ({e.Message}); start the worker, which does that.");
                    return null;
                }
            }
            await Task.Delay(s_pause, time, ct);
        }
    }
}
