using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Lakehouse;

/// <summary>Registers the lakehouse with a service collection.</summary>
public static class LakehouseServices
{
    /// <summary>Name of the activity source; spans <c>iceberg.commit</c>, <c>iceberg.plan</c>, <c>parquet.write</c>.</summary>
    public const string ActivitySourceName = "Floe.Lakehouse";

    /// <summary>Adds <see cref="LakehouseConnection"/>, <see cref="Catalog.ICatalog"/>, <see cref="Storage.IFileIO"/>, <see cref="Data.ParquetWriter"/>,
    /// <see cref="Data.DataFileCache"/> and <see cref="Data.DuckDbScan"/> as singletons.</summary>
    /// <exception cref="InvalidOperationException">A connection string or setting is missing or breaks a rule.</exception>
    public static IServiceCollection AddLakehouse(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(LakehouseConnection.Parse(configuration));
        return services;
    }
}
