using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Floe.Lakehouse.Catalog;
using Floe.SeedWorker.Bootstrap;
using Floe.Tests.Lakehouse;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace Floe.Tests.SeedWorker;

public sealed class BootstrapTests(Street street) : IClassFixture<Street>
{
    [Fact]
    public async Task It_sets_up_what_is_missing_once_and_only_that()
    {
        var settings = await street.NewLakehouseAsync();
        await using var worker = Street.Worker(settings);
        var bootstrap = worker.Services.GetRequiredService<LakehouseBootstrap>();
        var name = settings["Lakehouse:Bucket"];

        var first = (await bootstrap.RunAsync(default)).Changes;
        Assert.Contains($"bucket {name} created", first);
        Assert.Contains($"catalog {name} created at s3://{name}/{name}", first);
        Assert.Contains("CATALOG_MANAGE_CONTENT granted to content_writer", first);
        Assert.Contains("namespace gold created", first);
        Assert.Empty((await bootstrap.RunAsync(default)).Changes);

        var catalog = worker.Services.GetRequiredService<ICatalog>();
        Assert.Equal(["bronze", "gold", "silver"], (await catalog.ListNamespacesAsync(default)).Order());
    }

    [Fact]
    public async Task It_corrects_what_is_wrong_and_says_so()
    {
        var settings = await street.NewLakehouseAsync();
        await using var worker = Street.Worker(settings);
        var bootstrap = worker.Services.GetRequiredService<LakehouseBootstrap>();
        await bootstrap.RunAsync(default);
        var name = settings["Lakehouse:Bucket"];

        var grants = $"catalogs/{name}/catalog-roles/content_reader/grants";
        await ManageAsync(HttpMethod.Put, grants, new JsonObject { ["grant"] = new JsonObject { ["type"] = "catalog", ["privilege"] = "TABLE_WRITE_DATA" } });
        await ManageAsync(HttpMethod.Post, grants, new JsonObject { ["grant"] = new JsonObject { ["type"] = "catalog", ["privilege"] = "TABLE_READ_DATA" } });
        await ManageAsync(HttpMethod.Post, "principals/cubeproxy/reset", new JsonObject { ["clientId"] = "fedcba9876543210", ["clientSecret"] = "another" });
        Assert.Equal(
            ["credentials of cubeproxy set", "TABLE_READ_DATA granted to content_reader", "TABLE_WRITE_DATA revoked from content_reader, which must not have it"],
            (await bootstrap.RunAsync(default)).Changes);
        Assert.Empty((await bootstrap.RunAsync(default)).Changes);

        // The store moved, as seen by the catalog.
        await using var moved = Street.Worker(settings, s => s["Bootstrap:CatalogStoreEndpoint"] = street.Minio.Endpoint.Replace("127.0.0.1", "localhost"));
        Assert.Equal([$"catalog {name} corrected (endpointInternal)"], (await moved.Services.GetRequiredService<LakehouseBootstrap>().RunAsync(default)).Changes);
    }

    [Theory]
    [InlineData("ConnectionStrings:polaris", StoreAndCatalog.RootSecret, "wrong-secret", "refuses the client 'root'")]
    [InlineData("ConnectionStrings:minio", "floe-test-secret", "wrong-secret", "refuses the access key")]
    public async Task A_refusal_is_one_sentence_and_no_secret(string key, string right, string wrong, string says)
    {
        var settings = await street.NewLakehouseAsync();
        await using var worker = Street.Worker(settings, s => s[key] = s[key]!.Replace(right, wrong));
        var error = await Assert.ThrowsAsync<BootstrapException>(() => worker.Services.GetRequiredService<LakehouseBootstrap>().RunAsync(default));
        Assert.Contains(says, error.Message);
        Assert.DoesNotContain(wrong, error.Message);
    }

    [Fact]
    public async Task A_service_that_stays_away_is_named_after_the_time_set()
    {
        var settings = await street.NewLakehouseAsync();
        await using var worker = Street.Worker(settings, s =>
        {
            s["ConnectionStrings:polaris"] = s["ConnectionStrings:polaris"]!.Replace(street.PolarisEndpoint, "http://127.0.0.1:9");
            s["Bootstrap:TimeoutSeconds"] = "1";
        });
        var error = await Assert.ThrowsAsync<BootstrapException>(() => worker.Services.GetRequiredService<LakehouseBootstrap>().RunAsync(default));
        Assert.StartsWith("Polaris at http://127.0.0.1:9/ did not answer within 1 s", error.Message);
    }

    private async Task ManageAsync(HttpMethod method, string path, JsonObject body)
    {
        using var http = new HttpClient();
        using var login = await http.PostAsync($"{street.PolarisEndpoint}/api/catalog/v1/oauth/tokens", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = "root", ["client_secret"] = StoreAndCatalog.RootSecret, ["scope"] = "PRINCIPAL_ROLE:ALL",
        }));
        var token = (await login.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!.ToString();
        using var request = new HttpRequestMessage(method, $"{street.PolarisEndpoint}/api/management/v1/{path}") { Content = JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }
}
