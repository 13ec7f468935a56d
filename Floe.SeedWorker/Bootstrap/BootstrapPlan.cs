using Floe.Lakehouse;
using Floe.Lakehouse.Contract;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Options;

namespace Floe.SeedWorker.Bootstrap;

/// <summary>How the lakehouse shall be set up.</summary>
public sealed record BootstrapPlan
{
    /// <summary>Base address of the catalog's server, without <c>/api</c>.</summary>
    public required Uri PolarisEndpoint { get; init; }

    /// <summary>Who may set it up.</summary>
    public required string RootClientId { get; init; }

    /// <summary>The secret of who may set it up.</summary>
    public required string RootClientSecret { get; init; }

    /// <summary>The bucket.</summary>
    public required string Bucket { get; init; }

    /// <summary>The store's address as the catalog's server sees it.</summary>
    public required Uri CatalogStoreEndpoint { get; init; }

    /// <summary>The worker: reads and writes.</summary>
    public required PrincipalPlan Writer { get; init; }

    /// <summary>The query service: reads.</summary>
    public required PrincipalPlan Reader { get; init; }

    /// <summary>The namespaces.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = Shop.Namespaces;

    /// <summary>How long to wait for the services.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>The catalog (the clients' warehouse).</summary>
    public string Catalog => Writer.Connection.Warehouse;

    /// <summary>Where the catalog's tables live.</summary>
    public string BaseLocation => $"s3://{Bucket}/{Catalog}";

    /// <summary>Reads the plan from settings and connection strings.</summary>
    /// <exception cref="ConfigurationException">One is missing or breaks a rule.</exception>
    public static BootstrapPlan Read(IConfiguration configuration, LakehouseConnection writer, IOptions<LakehouseOptions> lakehouse, IOptions<BootstrapOptions> options)
    {
        var polaris = ConnectionString.Read(configuration, "polaris");
        var reader = ConnectionString.Read(configuration, "lakehouse_reader");
        var warehouse = reader.Required("Warehouse");
        if (warehouse != writer.Warehouse)
            throw new ConfigurationException($"ConnectionStrings:lakehouse_reader has Warehouse={warehouse} and ConnectionStrings:lakehouse has Warehouse={writer.Warehouse}; both must name the same.");
        return new BootstrapPlan
        {
            PolarisEndpoint = polaris.RequiredUri("Endpoint"),
            RootClientId = polaris.Required("ClientId"),
            RootClientSecret = polaris.Required("ClientSecret"),
            Bucket = lakehouse.Value.Bucket,
            CatalogStoreEndpoint = options.Value.CatalogStoreEndpoint is { Length: > 0 } other ? new Uri(other) : writer.StoreEndpoint,
            Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds),
            Writer = WriterPlan(writer),
            Reader = ReaderPlan(writer with
            {
                CatalogUri = reader.RequiredUri("Uri"),
                ClientId = reader.Required("ClientId"),
                ClientSecret = reader.Required("ClientSecret"),
                Scope = reader.Optional("Scope") ?? writer.Scope,
            }),
        };
    }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"catalog {Catalog} at {PolarisEndpoint}, tables at {BaseLocation}, principals {Writer.Name} and {Reader.Name}";

    /// <summary>The worker's principal.</summary>
    public static PrincipalPlan WriterPlan(LakehouseConnection connection) =>
        new("seedworker", connection, "floe_writer", "content_writer", ["CATALOG_MANAGE_CONTENT"]);

    /// <summary>The query service's principal.</summary>
    public static PrincipalPlan ReaderPlan(LakehouseConnection connection) =>
        new("cubeproxy", connection, "floe_reader", "content_reader",
            ["NAMESPACE_LIST", "NAMESPACE_READ_PROPERTIES", "TABLE_LIST", "TABLE_READ_PROPERTIES", "TABLE_READ_DATA"]);
}
