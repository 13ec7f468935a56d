using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Lineage;
using Floe.Lakehouse.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Floe.Lakehouse;

/// <summary>Registers the lakehouse with a service collection.</summary>
public static class LakehouseServices
{
    /// <summary>Name of the activity source; spans <c>iceberg.commit</c>, <c>iceberg.plan</c>, <c>parquet.write</c>.</summary>
    public const string ActivitySourceName = "Floe.Lakehouse";

    /// <summary>Adds <see cref="LakehouseConnection"/>, <see cref="ICatalog"/>, <see cref="IFileIO"/>, <see cref="ParquetWriter"/>,
    /// <see cref="DataFileCache"/>, <see cref="DuckDbScan"/> and <see cref="CopyOnWrite"/> as singletons.</summary>
    /// <exception cref="Floe.ServiceDefaults.Configuration.ConfigurationException">A connection string is missing or breaks a rule.</exception>
    public static IServiceCollection AddLakehouse(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(LakehouseConnection.Read(configuration));
        services.AddValidatedOptions<LakehouseOptions>(LakehouseOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.AddHttpClient(RestCatalog.HttpClientName).AddStandardResilience();
        services.AddSingleton<S3FileIO>();
        services.AddSingleton<LocalFileIO>();
        services.AddSingleton<IFileIO, ResolvingFileIO>();
        services.AddSingleton<ICatalog>(p => new RestCatalog(
            p.GetRequiredService<IHttpClientFactory>(),
            p.GetRequiredService<LakehouseConnection>(),
            p.GetRequiredService<IFileIO>(),
            p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<IOptions<LakehouseOptions>>().Value.AllowedLocations));
        services.AddSingleton(_ => new ParquetWriter());
        services.AddSingleton(p =>
        {
            var options = p.GetRequiredService<IOptions<LakehouseOptions>>().Value;
            return new DataFileCache(p.GetRequiredService<IFileIO>(), options.CacheDirectory, options.CacheMegabytes * 1024L * 1024L, p.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton<DuckDbScan>();
        services.AddSingleton<CopyOnWrite>();
        services.AddSingleton<LakehouseLineage>();
        return services;
    }
}
