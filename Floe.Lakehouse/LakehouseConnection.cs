using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;

namespace Floe.Lakehouse;

/// <summary>Where the catalog and the store are and who asks: from the connection strings <c>lakehouse</c>
/// (<c>Uri=http://host:port/api/catalog;Warehouse=..;ClientId=..;ClientSecret=..;Scope=..</c>) and <c>minio</c>
/// (<c>Endpoint=http://host:port;AccessKey=..;SecretKey=..;Region=..</c>).</summary>
public sealed record LakehouseConnection
{
    /// <summary>Base address of the catalog's API, without <c>/v1</c>.</summary>
    public required Uri CatalogUri { get; init; }

    /// <summary>Warehouse (a catalog in Polaris).</summary>
    public required string Warehouse { get; init; }

    /// <summary>OAuth2 client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>OAuth2 client secret.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>OAuth2 scope.</summary>
    public string Scope { get; init; } = "PRINCIPAL_ROLE:ALL";

    /// <summary>Address of the S3 store.</summary>
    public required Uri StoreEndpoint { get; init; }

    /// <summary>Access key.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Secret key.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Reads and checks both connection strings.</summary>
    /// <exception cref="ConfigurationException">A connection string or one of its parts is missing or breaks a rule; names the key and the rule, never a secret.</exception>
    public static LakehouseConnection Read(IConfiguration configuration)
    {
        var catalog = ConnectionString.Read(configuration, "lakehouse");
        var store = ConnectionString.Read(configuration, "minio");
        return new LakehouseConnection
        {
            CatalogUri = catalog.RequiredUri("Uri"),
            Warehouse = catalog.Required("Warehouse"),
            ClientId = catalog.Required("ClientId"),
            ClientSecret = catalog.Required("ClientSecret"),
            Scope = catalog.Optional("Scope") ?? "PRINCIPAL_ROLE:ALL",
            StoreEndpoint = store.RequiredUri("Endpoint"),
            AccessKey = store.Required("AccessKey"),
            SecretKey = store.Required("SecretKey"),
            Region = store.Optional("Region") ?? "us-east-1",
        };
    }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"catalog {CatalogUri} warehouse {Warehouse} client {ClientId}, store {StoreEndpoint} region {Region}";
}
