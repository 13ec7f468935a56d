using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Storage;
using Floe.SeedWorker.Backup;
using Floe.SeedWorker.Bootstrap;
using Floe.SeedWorker.Evidence;
using Floe.SeedWorker.Generation;
using Floe.SeedWorker.Ingest;
using Floe.SeedWorker.Jobs;
using Floe.SeedWorker.Lineage;
using Floe.SeedWorker.Maintenance;
using Floe.SeedWorker.Schedule;
using Floe.SeedWorker.Transform;
using Floe.SeedWorker.Transform.Artifacts;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Floe.SeedWorker;

/// <summary>The worker's parts.</summary>
public static class SeedWorkerServices
{
    /// <summary>Adds everything that the worker is made of.</summary>
    /// <exception cref="ConfigurationException">A connection string is missing or breaks a rule.</exception>
    public static void AddSeedWorker(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        // First of the services that run: what the others emit when they stop is delivered too.
        builder.AddLineage();
        services.AddSingleton<RunLineage>();
        services.AddSingleton<ModelLineage>();
        services.AddLakehouse(builder.Configuration);
        services.AddValidatedOptions<GenerationOptions>(GenerationOptions.Section);
        services.AddValidatedOptions<BootstrapOptions>(BootstrapOptions.Section);
        services.AddValidatedOptions<TransformOptions>(TransformOptions.Section);
        services.AddValidatedOptions<ScheduleOptions>(ScheduleOptions.Section);

        services.AddHttpClient(LakehouseBootstrap.HttpClientName).AddStandardResilience();
        services.AddSingleton(p => BootstrapPlan.Read(
            builder.Configuration, p.GetRequiredService<LakehouseConnection>(),
            p.GetRequiredService<IOptions<LakehouseOptions>>(), p.GetRequiredService<IOptions<BootstrapOptions>>()));
        services.AddSingleton<LakehouseBootstrap>();

        var database = Database(builder.Configuration);
        // From a factory, so that the host disposes it.
        services.AddSingleton(_ => database);
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunnerLock>();
        services.AddSingleton<JobQueue>();
        services.AddValidatedOptions<RetryOptions>(RetryOptions.Section);
        services.AddSingleton<RetryPolicy>();
        services.AddSingleton<JobRunner>();
        services.AddSingleton<WorkerState>();
        services.AddHealthChecks().AddCheck<WorkerState>("lakehouse").AddCheck<RunStoreCheck>("runs");
        services.AddService("catalog", "lakehouse", p =>
        {
            var catalog = p.GetRequiredService<ICatalog>();
            return catalog.ListNamespacesAsync;
        });
        services.AddService("store", "minio", p =>
        {
            // Nothing is there; any store knows that, and only one that takes the worker's keys says so.
            var (files, nothing) = (p.GetRequiredService<IFileIO>(), $"{p.GetRequiredService<BootstrapPlan>().BaseLocation}/.floe-probe");
            return ct => files.ExistsAsync(nothing, ct);
        });

        builder.AddEvidence();

        services.AddOpenApi();
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, JobsJson.Readable));

        services.AddSingleton<BronzeTables>();
        services.AddSingleton<BatchIngest>();
        services.AddSingleton<StagedParts>();
        services.AddSingleton<StagedBatch>();
        services.AddSingleton<SeedCondition>();
        services.AddSingleton<ModelLanding>();
        services.AddSingleton<RunArchive>();
        services.AddSingleton<TransformPipeline>();
        services.AddSingleton<IJob, SeedJob>();
        services.AddSingleton<IJob, GenerateJob>();
        services.AddSingleton<IJob, TransformJob>();
        services.AddValidatedOptions<MaintenanceOptions>(MaintenanceOptions.Section);
        services.AddSingleton<OrderRetention>();
        services.AddSingleton<IJob, MaintainJob>();
        services.AddValidatedOptions<BackupOptions>(BackupOptions.Section);
        services.AddSingleton<BackupFolder>();
        services.AddSingleton<RunRecords>();
        services.AddSingleton<IJob, BackupJob>();
        services.AddSingleton<IJob, RestoreJob>();
        services.AddHostedService<WorkerLoop>();
        services.AddSchedule();
        // Its warnings are stack traces of outages, of which the runner says one sentence.
        builder.Logging.AddFilter("Quartz", LogLevel.Error);
        services.AddHostedService<EmptyTablesSensor>();
    }

    /// <summary>A service that runs need: asked by the runner and by readiness.</summary>
    private static void AddService(this IServiceCollection services, string name, string connection, Func<IServiceProvider, Func<CancellationToken, Task>> ask)
    {
        services.AddKeyedSingleton(name, (p, _) => new ServiceProbe($"the {name}", $"ConnectionStrings:{connection}", ask(p), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => p.GetRequiredKeyedService<ServiceProbe>(name));
        services.AddHealthChecks().Add(new HealthCheckRegistration(
            name, p => new ServiceCheck(p.GetRequiredKeyedService<ServiceProbe>(name), p.GetRequiredService<WorkerState>()), null, null));
    }

    /// <summary>The database of runs, by <c>ConnectionStrings:floe</c>.</summary>
    /// <exception cref="ConfigurationException">It is missing or cannot be read.</exception>
    internal static NpgsqlDataSource Database(IConfiguration configuration, string applicationName = "floe-seedworker", Action<NpgsqlConnectionStringBuilder>? change = null)
    {
        var text = configuration.GetConnectionString("floe");
        if (string.IsNullOrWhiteSpace(text))
            throw new ConfigurationException("ConnectionStrings:floe is missing; it must be a PostgreSQL connection string, Host=..;Port=..;Username=..;Password=..;Database=floe.");
        try
        {
            var builder = new NpgsqlSlimDataSourceBuilder(text) { ConnectionStringBuilder = { ApplicationName = applicationName } };
            change?.Invoke(builder.ConnectionStringBuilder);
            return builder.EnableTransportSecurity().Build();
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            // The parser's message may repeat what it could not read, a password for example.
            throw new ConfigurationException("ConnectionStrings:floe cannot be read; it must be a PostgreSQL connection string, Host=..;Port=..;Username=..;Password=..;Database=floe.");
        }
    }
}
