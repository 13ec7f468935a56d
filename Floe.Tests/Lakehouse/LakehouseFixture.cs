using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Storage;
using Floe.Tests.Minio;
using Floe.Tests.Polaris;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.Lakehouse;

/// <summary>PostgreSQL, S3 store and catalog with a warehouse, a principal that writes and one that only reads.</summary>
public sealed class LakehouseFixture : IAsyncLifetime
{
    private readonly StoreAndCatalog services = new();
    private (string Id, string Secret) writer;
    private (string Id, string Secret) reader;

    /// <summary>The store.</summary>
    public MinioFixture Minio => services.Minio;

    /// <summary>Base address of the catalog.</summary>
    public string CatalogUri { get; private set; } = "";

    /// <summary>The bucket that the warehouse is in.</summary>
    public string Bucket { get; private set; } = "";

    public async Task InitializeAsync()
    {
        await services.InitializeAsync();
        Bucket = await Minio.NewBucketAsync();
        CatalogUri = $"{services.PolarisEndpoint}/api/catalog";
        await BootstrapAsync(services.PolarisEndpoint);
    }

    public Task DisposeAsync() => services.DisposeAsync();

    /// <summary>The library as a service uses it; the caller disposes it.</summary>
    /// <param name="asReader">With the principal that only reads.</param>
    /// <param name="between">A handler between catalog client and network.</param>
    /// <param name="secret">Another client secret than the right one.</param>
    /// <param name="warehouse">Another warehouse than the right one.</param>
    /// <param name="store">The connection string of another store than the right one.</param>
    public Lakehouse Open(bool asReader = false, DelegatingHandler? between = null, string? secret = null, string warehouse = "lakehouse", string? store = null)
    {
        var folder = Directory.CreateTempSubdirectory("floe-lakehouse-").FullName;
        var settings = Settings(folder, asReader, secret, warehouse);
        settings["ConnectionStrings:minio"] = store ?? settings["ConnectionStrings:minio"];
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddLogging();
        services.AddLakehouse(configuration);
        if (between is not null)
            // One handler fits into one chain: after two minutes the factory would make another.
            services.AddHttpClient(RestCatalog.HttpClientName).AddHttpMessageHandler(() => between).SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        // Next to the network: faults that a test makes up in between are not the catalog's.
        services.AddHttpClient(RestCatalog.HttpClientName).AddHttpMessageHandler(() => new JudgedHandler());
        return new Lakehouse(services.BuildServiceProvider(), folder);
    }

    /// <summary>The configuration of a service that uses the library.</summary>
    public Dictionary<string, string?> Settings(string cacheFolder, bool asReader = false, string? secret = null, string warehouse = "lakehouse")
    {
        var principal = asReader ? reader : writer;
        return new()
        {
            ["ConnectionStrings:lakehouse"] = $"Uri={CatalogUri};Warehouse={warehouse};ClientId={principal.Id};ClientSecret={secret ?? principal.Secret};Scope=PRINCIPAL_ROLE:ALL",
            ["ConnectionStrings:minio"] = Minio.ConnectionString,
            ["Lakehouse:CacheDirectory"] = cacheFolder,
        };
    }

    /// <summary>Creates a namespace with a name of its own.</summary>
    public async Task<string> NewNamespaceAsync()
    {
        var name = $"ns_{Guid.NewGuid():N}";
        await using var lakehouse = Open();
        await lakehouse.Catalog.CreateNamespaceAsync(name, default);
        return name;
    }

    private async Task BootstrapAsync(string address)
    {
        using var http = new HttpClient();
        using var token = await http.PostAsync($"{CatalogUri}/v1/oauth/tokens", new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", StoreAndCatalog.RootId), new("client_secret", StoreAndCatalog.RootSecret), new("scope", "PRINCIPAL_ROLE:ALL"),
        ]));
        token.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        var api = $"{address}/api/management/v1";

        await SendAsync(HttpMethod.Post, "catalogs", new JsonObject
        {
            ["catalog"] = new JsonObject
            {
                ["type"] = "INTERNAL",
                ["name"] = "lakehouse",
                ["properties"] = new JsonObject { ["default-base-location"] = $"s3://{Bucket}/lakehouse" },
                ["storageConfigInfo"] = new JsonObject
                {
                    ["storageType"] = "S3",
                    ["allowedLocations"] = new JsonArray($"s3://{Bucket}/lakehouse"),
                    ["endpoint"] = Minio.Endpoint,
                    ["endpointInternal"] = Minio.Endpoint,
                    ["pathStyleAccess"] = true,
                    ["region"] = Minio.Region,
                    ["stsUnavailable"] = true,
                },
            },
        });
        writer = await PrincipalAsync("writer", "CATALOG_MANAGE_CONTENT");
        reader = await PrincipalAsync("reader", "NAMESPACE_LIST", "NAMESPACE_READ_PROPERTIES", "TABLE_LIST", "TABLE_READ_PROPERTIES", "TABLE_READ_DATA");

        async Task<(string Id, string Secret)> PrincipalAsync(string name, params string[] privileges)
        {
            var created = await SendAsync(HttpMethod.Post, "principals", new JsonObject { ["principal"] = new JsonObject { ["name"] = name } });
            var role = $"{name}_role";
            await SendAsync(HttpMethod.Post, "principal-roles", new JsonObject { ["principalRole"] = new JsonObject { ["name"] = role } });
            await SendAsync(HttpMethod.Put, $"principals/{name}/principal-roles", new JsonObject { ["principalRole"] = new JsonObject { ["name"] = role } });
            await SendAsync(HttpMethod.Post, "catalogs/lakehouse/catalog-roles", new JsonObject { ["catalogRole"] = new JsonObject { ["name"] = role } });
            await SendAsync(HttpMethod.Put, $"principal-roles/{role}/catalog-roles/lakehouse", new JsonObject { ["catalogRole"] = new JsonObject { ["name"] = role } });
            foreach (var privilege in privileges)
                await SendAsync(HttpMethod.Put, $"catalogs/lakehouse/catalog-roles/{role}/grants", new JsonObject { ["grant"] = new JsonObject { ["type"] = "catalog", ["privilege"] = privilege } });
            var credentials = created.GetProperty("credentials");
            return (credentials.GetProperty("clientId").GetString()!, credentials.GetProperty("clientSecret").GetString()!);
        }

        async Task<JsonElement> SendAsync(HttpMethod method, string path, JsonObject body)
        {
            using var response = await http.SendAsync(new HttpRequestMessage(method, $"{api}/{path}") { Content = JsonContent.Create(body) });
            var text = await response.Content.ReadAsStringAsync();
            Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
            return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
        }
    }

    /// <summary>The library's services.</summary>
    public sealed class Lakehouse(ServiceProvider services, string folder) : IAsyncDisposable
    {
        public ICatalog Catalog { get; } = services.GetRequiredService<ICatalog>();

        public IFileIO IO { get; } = services.GetRequiredService<IFileIO>();

        public ParquetWriter Writer { get; } = services.GetRequiredService<ParquetWriter>();

        public DuckDbScan Scan { get; } = services.GetRequiredService<DuckDbScan>();

        public async ValueTask DisposeAsync()
        {
            await services.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }
    }
}

[CollectionDefinition(Name)]
public sealed class LakehouseCollection : ICollectionFixture<LakehouseFixture>
{
    public const string Name = "lakehouse";
}
