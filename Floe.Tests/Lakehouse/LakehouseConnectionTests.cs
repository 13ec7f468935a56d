using Floe.Lakehouse;
using Floe.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.Lakehouse;

public sealed class LakehouseConnectionTests
{
    private const string Catalog = "Uri=http://h:1/api/catalog;Warehouse=lakehouse;ClientId=0123456789abcdef;ClientSecret=top-secret-1;Scope=PRINCIPAL_ROLE:ALL";
    private const string Store = "Endpoint=http://h:2;AccessKey=key;SecretKey=top-secret-2;Region=eu-1";

    [Fact]
    public void Both_connection_strings_are_read_and_secrets_are_not_shown()
    {
        var connection = LakehouseConnection.Read(Configuration(Catalog, Store));

        Assert.Equal(("http://h:1/api/catalog", "lakehouse", "0123456789abcdef", "top-secret-1"), (connection.CatalogUri.AbsoluteUri, connection.Warehouse, connection.ClientId, connection.ClientSecret));
        Assert.Equal(("http://h:2/", "key", "top-secret-2", "eu-1"), (connection.StoreEndpoint.AbsoluteUri, connection.AccessKey, connection.SecretKey, connection.Region));
        Assert.DoesNotContain("top-secret", connection.ToString());
    }

    [Theory]
    [InlineData(null, Store, "ConnectionStrings:lakehouse")]
    [InlineData(Catalog, "", "ConnectionStrings:minio")]
    [InlineData("Uri=ftp://h;Warehouse=w;ClientId=c;ClientSecret=top-secret-1", Store, "Uri=ftp://h")]
    [InlineData("Uri=http://h;ClientId=c;ClientSecret=top-secret-1", Store, "'Warehouse'")]
    [InlineData("top-secret-1", Store, "ConnectionStrings:lakehouse")]
    [InlineData(Catalog, "Endpoint=http://h:2;AccessKey=key", "'SecretKey'")]
    public void A_bad_one_ends_the_start_with_a_sentence_that_names_it(string? catalog, string? store, string names)
    {
        var e = Assert.Throws<ConfigurationException>(() => new ServiceCollection().AddLakehouse(Configuration(catalog, store)));

        Assert.Contains(names, e.Message);
        Assert.DoesNotContain("top-secret", e.ToString());
    }

    private static IConfiguration Configuration(string? catalog, string? store) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:lakehouse"] = catalog, ["ConnectionStrings:minio"] = store })
        .Build();
}
