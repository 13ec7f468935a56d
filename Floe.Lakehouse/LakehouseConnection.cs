using System.Data.Common;
using Microsoft.Extensions.Configuration;

namespace Floe.Lakehouse;

/// <summary>Where the catalog and the store are and who asks: parsed from the connection strings <c>lakehouse</c> and <c>minio</c>.</summary>
public sealed record LakehouseConnection
{
    private const string Catalog = "ConnectionStrings:lakehouse";
    private const string Store = "ConnectionStrings:minio";

    /// <summary>Base address of the catalog's API, without <c>/v1</c>.</summary>
    public required Uri CatalogUri { get; init; }

    /// <summary>Warehouse (a catalog in Polaris).</summary>
    public required string Warehouse { get; init; }

    /// <summary>OAuth2 client id.</summary>
    public required string ClientId { get; init; }

    /// <summary>OAuth2 client secret.</summary>
    public required string ClientSecret { get; init; }

    /// <summary>OAuth2 scope.</summary>
    public required string Scope { get; init; }

    /// <summary>Address of the S3 store.</summary>
    public required Uri StoreEndpoint { get; init; }

    /// <summary>Access key.</summary>
    public required string AccessKey { get; init; }

    /// <summary>Secret key.</summary>
    public required string SecretKey { get; init; }

    /// <summary>Region that requests are signed for.</summary>
    public required string Region { get; init; }

    /// <summary>Reads and checks both connection strings.</summary>
    /// <exception cref="InvalidOperationException">A connection string or one of its parts is missing or breaks a rule; names the key and the rule, never a secret.</exception>
    public static LakehouseConnection Parse(IConfiguration configuration) =>
        Parse(configuration.GetConnectionString("lakehouse"), configuration.GetConnectionString("minio"));

    /// <summary>Reads and checks <c>Uri=..;Warehouse=..;ClientId=..;ClientSecret=..;Scope=..</c> and <c>Endpoint=..;AccessKey=..;SecretKey=..;Region=..</c>.</summary>
    public static LakehouseConnection Parse(string? lakehouse, string? minio)
    {
        var catalog = Parts(Catalog, lakehouse, "Uri=http://host:port/api/catalog;Warehouse=lakehouse;ClientId=..;ClientSecret=..;Scope=PRINCIPAL_ROLE:ALL");
        var store = Parts(Store, minio, "Endpoint=http://host:port;AccessKey=..;SecretKey=..;Region=us-east-1");
        return new LakehouseConnection
        {
            CatalogUri = Address(Catalog, catalog, "Uri"),
            Warehouse = Text(Catalog, catalog, "Warehouse"),
            ClientId = Text(Catalog, catalog, "ClientId"),
            ClientSecret = Text(Catalog, catalog, "ClientSecret"),
            Scope = Text(Catalog, catalog, "Scope", "PRINCIPAL_ROLE:ALL"),
            StoreEndpoint = Address(Store, store, "Endpoint"),
            AccessKey = Text(Store, store, "AccessKey"),
            SecretKey = Text(Store, store, "SecretKey"),
            Region = Text(Store, store, "Region", "us-east-1"),
        };
    }

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"catalog {CatalogUri} warehouse {Warehouse} client {ClientId}, store {StoreEndpoint} region {Region}";

    private static DbConnectionStringBuilder Parts(string key, string? value, string form)
    {
        if (string.IsNullOrWhiteSpace(value))
            throw new InvalidOperationException($"{key} is not set: give it as {form}.");
        try
        {
            return new DbConnectionStringBuilder { ConnectionString = value };
        }
        catch (ArgumentException)
        {
            // The parser's own message repeats the text, which holds a secret.
            throw new InvalidOperationException($"{key} is not a list of name=value parts: give it as {form}.");
        }
    }

    private static string Text(string key, DbConnectionStringBuilder parts, string name, string? otherwise = null) =>
        parts.TryGetValue(name, out var value) && value is string { Length: > 0 } text
            ? text
            : otherwise ?? throw new InvalidOperationException($"{key} has no {name}: add {name}=.. to it.");

    private static Uri Address(string key, DbConnectionStringBuilder parts, string name)
    {
        var text = Text(key, parts, name);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0
            ? uri
            : throw new InvalidOperationException($"{key} has {name}={(uri is { UserInfo.Length: > 0 } ? "an address with credentials" : text)}: it must be an absolute http or https address without credentials in it.");
    }
}
