using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.S3;
using Floe.Lakehouse;
using Floe.Lakehouse.Catalog;
using Floe.Lakehouse.Data;
using Floe.Lakehouse.Schemas;
using Floe.Lakehouse.Tables;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Floe.Bench.Lakehouse;

/// <summary>A new warehouse on the services that the environment names, and the library as a service uses it.</summary>
internal sealed class Lake : IAsyncDisposable
{
    private const string Bucket = "bench";
    private readonly ServiceProvider services;

    private Lake(ServiceProvider services) => this.services = services;

    public ICatalog Catalog => services.GetRequiredService<ICatalog>();

    public ParquetWriter Writer => services.GetRequiredService<ParquetWriter>();

    public static async Task<Lake> OpenAsync()
    {
        var (store, catalog) = (Need("FLOE_BENCH_STORE"), Need("FLOE_BENCH_CATALOG"));
        var (id, secret) = (Need("POLARIS_CLIENT_ID"), Need("POLARIS_CLIENT_SECRET"));
        using (var s3 = new AmazonS3Client(new EnvironmentVariablesAWSCredentials(), new AmazonS3Config { ServiceURL = store, ForcePathStyle = true, AuthenticationRegion = "us-east-1" }))
            await s3.PutBucketAsync(Bucket);
        await CreateWarehouseAsync(catalog, store, id, secret);

        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:lakehouse"] = $"Uri={catalog}/api/catalog;Warehouse=bench;ClientId={id};ClientSecret={secret}",
            ["ConnectionStrings:minio"] = $"Endpoint={store};AccessKey={Need("AWS_ACCESS_KEY_ID")};SecretKey={Need("AWS_SECRET_ACCESS_KEY")}",
        }).Build();
        var collection = new ServiceCollection();
        collection.AddSingleton<IConfiguration>(configuration);
        collection.AddLogging();
        collection.AddLakehouse(configuration);
        var lake = new Lake(collection.BuildServiceProvider());
        await lake.Catalog.CreateNamespaceAsync("bench", default);
        return lake;
    }

    public Task<Table> CreateTableAsync(Schema schema, string name) => Catalog.CreateTableAsync(new TableIdentifier("bench", $"{name}_{Guid.NewGuid():N}"), schema);

    public ValueTask DisposeAsync() => services.DisposeAsync();

    public static string Need(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
        ? value
        : throw new InvalidOperationException($"{variable} is not set; start this by bench/append.sh or bench/commit.sh.");

    private static async Task CreateWarehouseAsync(string catalog, string store, string id, string secret)
    {
        using var http = new HttpClient();
        using var token = await http.PostAsync(new Uri($"{catalog}/api/catalog/v1/oauth/tokens"), new FormUrlEncodedContent(
        [
            new("grant_type", "client_credentials"), new("client_id", id), new("client_secret", secret), new("scope", "PRINCIPAL_ROLE:ALL"),
        ]));
        token.EnsureSuccessStatusCode();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await token.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString());
        using var created = await http.PostAsJsonAsync(new Uri($"{catalog}/api/management/v1/catalogs"), new JsonObject
        {
            ["catalog"] = new JsonObject
            {
                ["type"] = "INTERNAL",
                ["name"] = "bench",
                ["properties"] = new JsonObject { ["default-base-location"] = $"s3://{Bucket}/lake" },
                ["storageConfigInfo"] = new JsonObject { ["storageType"] = "S3", ["endpoint"] = store, ["pathStyleAccess"] = true, ["region"] = "us-east-1", ["stsUnavailable"] = true },
            },
        });
        created.EnsureSuccessStatusCode();
    }
}
