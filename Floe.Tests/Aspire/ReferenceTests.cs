using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Floe.Tests.Aspire;

public class ReferenceTests
{
    private readonly IDistributedApplicationBuilder _builder = SampleApplication.CreateBuilder();

    [Fact]
    public async Task An_endpoint_comes_as_a_variable_and_for_service_discovery()
    {
        var minio = Allocated(_builder.AddContainer("my-minio", "example.test/minio").WithHttpEndpoint(targetPort: 9000, name: "s3"), "s3", 41000);
        var variables = await EnvironmentOfAsync(Consumer().WithReference(minio.GetEndpoint("s3")));
        Assert.Equal(new() { ["MY_MINIO_S3"] = "http://localhost:41000", ["services__my-minio__s3__0"] = "http://localhost:41000" }, variables);
    }

    [Fact]
    public async Task The_scheme_is_the_key_of_endpoints_named_http()
    {
        var web = Allocated(_builder.AddContainer("web", "example.test/web").WithHttpEndpoint(targetPort: 80), "http", 41001);
        var variables = await EnvironmentOfAsync(Consumer().WithReference(web.GetEndpoint("http")));
        Assert.Equal(new() { ["WEB_HTTP"] = "http://localhost:41001", ["services__web__http__0"] = "http://localhost:41001" }, variables);
    }

    [Fact]
    public async Task A_connection_string_comes_with_its_properties()
    {
        var postgres = Allocated(_builder.AddPostgres("postgres", password: _builder.AddParameter("pw", "a/b", secret: true)), "tcp", 41002);
        var database = postgres.AddDatabase("polarisdb", "polaris");
        var variables = await EnvironmentOfAsync(Consumer().WithReference(database));
        Assert.Equal(new()
        {
            ["ConnectionStrings__polarisdb"] = "Host=localhost;Port=41002;Username=postgres;Password=a/b;Database=polaris",
            ["POLARISDB_HOST"] = "localhost",
            ["POLARISDB_PORT"] = "41002",
            ["POLARISDB_USERNAME"] = "postgres",
            ["POLARISDB_PASSWORD"] = "a/b",
            ["POLARISDB_URI"] = "postgresql://postgres:a%2Fb@localhost:41002/polaris",
            ["POLARISDB_JDBCCONNECTIONSTRING"] = "jdbc:postgresql://localhost:41002/polaris",
            ["POLARISDB_DATABASENAME"] = "polaris",
        }, variables);
    }

    [Fact]
    public async Task A_consumer_can_limit_what_it_gets()
    {
        var connection = _builder.AddConnectionString("lakehouse", ReferenceExpression.Create($"Uri=http://x;Warehouse=w"));
        connection.WithConnectionProperty("Warehouse", "w");
        var all = await EnvironmentOfAsync(Consumer("all").WithReference(connection));
        Assert.Equal(new() { ["ConnectionStrings__lakehouse"] = "Uri=http://x;Warehouse=w", ["LAKEHOUSE_WAREHOUSE"] = "w" }, all);
        var one = await EnvironmentOfAsync(Consumer("one").WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString).WithReference(connection, "other"));
        Assert.Equal(new() { ["ConnectionStrings__other"] = "Uri=http://x;Warehouse=w" }, one);
    }

    [Fact]
    public async Task Fixed_addresses_and_external_services()
    {
        var variables = await EnvironmentOfAsync(Consumer()
            .WithReference("catalog-api", new Uri("http://catalog.test:8181"))
            .WithReference(_builder.AddExternalService("my-cube", "https://cube.test/")));
        Assert.Equal(new()
        {
            ["services__catalog-api__default__0"] = "http://catalog.test:8181/",
            ["catalog_api"] = "http://catalog.test:8181/",
            ["MY_CUBE"] = "https://cube.test/",
            ["services__my-cube__https__0"] = "https://cube.test/",
        }, variables);
        Assert.Throws<InvalidOperationException>(() => Consumer("b").WithReference("x", new Uri("http://x/?query")));
    }

    [Fact]
    public async Task Later_calls_win_and_every_kind_of_value_works()
    {
        var parameter = _builder.AddParameter("region", "eu");
        var variables = await EnvironmentOfAsync(Consumer()
            .WithEnvironment("A", "first").WithEnvironment("A", "second")
            .WithEnvironment("B", parameter)
            .WithEnvironment("C", () => "computed")
            .WithEnvironment("D", $"in-{parameter}")
            .WithEnvironment(context => context.EnvironmentVariables["E"] = $"{context.EnvironmentVariables["A"]}!"));
        Assert.Equal(new() { ["A"] = "second", ["B"] = "eu", ["C"] = "computed", ["D"] = "in-eu", ["E"] = "second!" }, variables);
    }

    [Fact]
    public void A_resource_cannot_wait_for_itself_or_its_parent()
    {
        var postgres = _builder.AddPostgres("postgres");
        Assert.Throws<DistributedApplicationException>(() => postgres.WaitFor(postgres));
        var consumer = Consumer().WaitFor(postgres.AddDatabase("db"));
        Assert.Equal(["postgres", "db"], consumer.Resource.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name));
    }

    private IResourceBuilder<ExecutableResource> Consumer(string name = "consumer") => _builder.AddExecutable(name, "sh", ".");

    private static IResourceBuilder<T> Allocated<T>(IResourceBuilder<T> resource, string endpoint, int port) where T : IResourceWithEndpoints =>
        resource.WithEndpoint(endpoint, e => e.AllocatedEndpoint = new AllocatedEndpoint(e, "localhost", port), createIfNotExists: false);

    private static async Task<Dictionary<string, string?>> EnvironmentOfAsync(IResourceBuilder<ExecutableResource> consumer)
    {
        var context = new EnvironmentCallbackContext(consumer.ApplicationBuilder.ExecutionContext, consumer.Resource);
        foreach (var annotation in consumer.Resource.Annotations.OfType<EnvironmentCallbackAnnotation>()) await annotation.Callback(context);
        var values = new Dictionary<string, string?>();
        foreach (var (name, value) in context.EnvironmentVariables)
        {
            values[name] = value is IValueProvider provider ? await provider.GetValueAsync(new ValueProviderContext { Caller = consumer.Resource }) : (string)value;
        }

        return values;
    }
}
